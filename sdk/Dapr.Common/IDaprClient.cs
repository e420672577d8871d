namespace Dapr.Common;

/// <summary>Any client of one of Dapr's building blocks.</summary>
public interface IDaprClient : IDisposable;
