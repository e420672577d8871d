namespace ServiceDefaults;

/// <summary>What one order has cost this service so far; saved with the order's own documents.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Messages">Events published.</param>
/// <param name="Calls">Calls that changed something.</param>
/// <param name="Retries">Commits that had to be tried again.</param>
/// <param name="Compensations">Steps undone.</param>
public sealed record Measurement(string OrderId, int Messages, int Calls, int Retries, int Compensations)
{
    public static string KeyOf(string orderId) => $"measurement-{orderId}";

    public static Measurement None(string orderId) => new(orderId, 0, 0, 0, 0);

    public Measurement Add(int messages, int calls, int retries, int compensations) => this with
    {
        Messages = Messages + messages,
        Calls = Calls + calls,
        Retries = Retries + retries,
        Compensations = Compensations + compensations,
    };
}
