using Sidecar.Runtime.Components;
using Sidecar.Runtime.Jobs;
using Sidecar.Runtime.Resources;

namespace Sidecar.Components.CronBinding;

/// <summary>Makes <c>bindings.cron</c>: an input binding that fires on a schedule of five or six fields, in the machine's time zone, or <c>@every 15m</c>.</summary>
public sealed class CronBindingFactory : IComponentFactory
{
    /// <inheritdoc/>
    public string Type => "bindings.cron";

    /// <inheritdoc/>
    public Task<IAsyncDisposable> CreateAsync(Component component, ComponentContext context, CancellationToken cancellationToken)
    {
        var schedule = component.RequiredText("schedule");
        try
        {
            return Task.FromResult<IAsyncDisposable>(new CronInputBinding(JobSchedule.Parse(WithAllFields(schedule)), context.Time));
        }
        catch (FormatException error)
        {
            throw new ComponentException(component, "schedule", $"is '{schedule}': {error.Message}", error);
        }
    }

    // Dapr's parser takes five fields too, and has the local zone where the jobs' has UTC.
    private static string WithAllFields(string schedule)
    {
        if (schedule.StartsWith('@'))
            return schedule;
        var fields = schedule.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var zoned = fields.Length > 0 && (fields[0].StartsWith("TZ=", StringComparison.Ordinal) || fields[0].StartsWith("CRON_TZ=", StringComparison.Ordinal));
        var zone = zoned ? fields[0] : $"TZ={TimeZoneInfo.Local.Id}";
        var rest = zoned ? fields[1..] : fields;
        return string.Join(' ', rest.Length == 5 ? [zone, "0", .. rest] : [zone, .. rest]);
    }
}
