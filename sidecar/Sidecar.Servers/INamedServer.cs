namespace Sidecar.Servers;

/// <summary>What is known of a kind of server before one is made.</summary>
/// <typeparam name="T">The server.</typeparam>
public interface INamedServer<T>
    where T : PrivateServer, INamedServer<T>
{
    /// <summary>Name for people and for <c>sidecar server NAME</c>, such as <c>redis</c>.</summary>
    static abstract string ServerName { get; }

    /// <summary>Why it cannot be started on this machine: which program is missing and how to get it; null when nothing is.</summary>
    static abstract string? Missing { get; }

    /// <summary>A server that is not started yet.</summary>
    /// <param name="folder">Where its data stays, or null for a temporary folder.</param>
    /// <param name="port">Port, or null for a free one.</param>
    static abstract T Create(string? folder, int? port);

    /// <summary>A server for a test, in a temporary folder: it may leave out what protects its data from a power cut, as nothing of it is kept.</summary>
    static virtual T CreateForTest() => T.Create(null, null);
}
