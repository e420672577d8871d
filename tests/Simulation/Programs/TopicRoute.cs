using System.Text.Json;
using ServiceDefaults;

namespace Simulation.Programs;

/// <summary>One line of a program's answer to <c>GET /dapr/subscribe</c>.</summary>
internal sealed record TopicRoute(string Topic, string Path)
{
    public static IReadOnlyList<TopicRoute> AskedForBy(ServiceProgram program)
    {
        var answer = program.HandleAsync(Request.Get("/dapr/subscribe"), program.Services).GetAwaiter().GetResult();
        return answer.IsSuccess
            ? [.. JsonSerializer.Deserialize<IReadOnlyList<Document>>(answer.Body.Span, JsonSerializerOptions.Web)!.Select(line => new TopicRoute(line.Topic, "/" + (line.Routes?.Default ?? line.Route!).TrimStart('/')))]
            : [];
    }

    private sealed record Document(string Topic, string? Route, RoutesDocument? Routes);

    private sealed record RoutesDocument(string? Default);
}
