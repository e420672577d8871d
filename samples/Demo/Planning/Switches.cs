namespace Demo.Planning;

/// <summary>The values with which an order chooses its fate, as services/Simulators/README.md documents them.</summary>
internal static class Switches
{
    public const string GoodPayment = "card";
    public const string DeclinedPayment = "card-declined";
    public const string FailingCapture = "card-capture-fails";
    public const string FlakyPayment = "card-flaky";
    public const string GoodPostcode = "AB1 2CD";
    public const string RefusedPostcode = "XX1 1XX";
    public const string FlakyPostcode = "XX3 3XX";
    public const string BlockedCustomer = "BLOCKED-";
}
