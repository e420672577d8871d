using System.Collections.Concurrent;
using Sidecar.Processes;

namespace Sidecar.Servers;

/// <summary>
/// A broker or database of one's own: started from a program installed on this machine, on a free port of 127.0.0.1, with its data in a folder of its own.
/// It ends with the process that started it, whatever ends that.
/// </summary>
/// <param name="folder">Where its data lives and stays; without one it gets a temporary folder that is deleted with it.</param>
/// <param name="port">Port to listen on; without one a free port.</param>
public abstract class PrivateServer(string? folder, int? port) : IAsyncDisposable
{
    private const int LastLines = 20;
    private static readonly FreePorts s_ports = new();
    private static readonly TimeSpan s_stopTime = TimeSpan.FromSeconds(20);

    private readonly ConcurrentQueue<string> _lastWords = new();
    private readonly Lazy<string> _folder = new(() => folder is null ? Directory.CreateTempSubdirectory("server-").FullName : Directory.CreateDirectory(folder).FullName);
    private readonly bool _temporary = folder is null;
    private readonly List<ChildProcess> _processes = [];
    private DeathWatch? _watch;

    /// <summary>Name for people and for <c>sidecar server NAME</c>, such as <c>redis</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The address that the files under <c>components/</c> name; a private server's own takes its place.</summary>
    public abstract string UsualAddress { get; }

    /// <summary>Its data; made when it is first asked for.</summary>
    public string Folder => _folder.Value;

    /// <summary>The port clients connect to.</summary>
    public int Port { get; protected set; } = port ?? NextPort();

    /// <summary>Host and port clients connect to.</summary>
    public virtual string Address => $"127.0.0.1:{Port}";

    /// <summary>Process id of the server, or null while it is down.</summary>
    public int? ProcessId => _processes.Count == 0 ? null : _processes[^1].Id;

    /// <summary>How long it may take until it answers.</summary>
    protected virtual TimeSpan StartTime => TimeSpan.FromSeconds(30);

    /// <summary>Why it cannot be started on this machine, as <see cref="INamedServer{T}.Missing"/>.</summary>
    protected abstract string? MissingProgram { get; }

    /// <summary>The programs to start, the server itself last.</summary>
    protected abstract IReadOnlyList<ChildCommand> Commands();

    /// <summary>Makes what the server needs before its first start, such as its data folder's content.</summary>
    protected virtual Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>True when it answers a client.</summary>
    protected abstract Task<bool> AnswersAsync(CancellationToken cancellationToken);

    /// <summary>Asks the server to end.</summary>
    protected virtual void AskToEnd(ChildProcess server) => server.Terminate();

    /// <summary>A line the server printed.</summary>
    protected virtual void Printed(string line)
    {
        _lastWords.Enqueue(line);
        if (_lastWords.Count > LastLines)
            _lastWords.TryDequeue(out _);
    }

    /// <summary>Starts it, or starts it again on the same port with the same data; returns when it answers.</summary>
    /// <exception cref="InvalidOperationException">A program is missing, or the server ended or did not answer in time; the message holds its last words.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (MissingProgram is { } missing)
            throw new InvalidOperationException(missing);
        if (await LineProbe.SomebodyListensAsync(Port, cancellationToken))
            throw new InvalidOperationException($"port {Port}, which the private {Name} server is to listen on, is in use");
        await PrepareAsync(cancellationToken);
        _watch ??= DeathWatch.Start();
        foreach (var command in Commands())
        {
            var child = ChildProcess.Start(command, Printed);
            _processes.Add(child);
            _watch.Add(child);
        }

        await WaitUntilItAnswersAsync(cancellationToken);
    }

    /// <summary>True when somebody listens on a port of this machine.</summary>
    public static Task<bool> AnswersAtAsync(int port, CancellationToken cancellationToken) => LineProbe.SomebodyListensAsync(port, cancellationToken);

    /// <summary>Ends it as an operator would; what it has taken stays on disk if it is durable.</summary>
    public async Task StopAsync()
    {
        for (var i = _processes.Count - 1; i >= 0; i--)
        {
            AskToEnd(_processes[i]);
            if (await Task.WhenAny(_processes[i].Exited, Task.Delay(s_stopTime)) != _processes[i].Exited)
                _processes[i].Kill();
            await ForgetAsync(_processes[i]);
        }

        _processes.Clear();
    }

    /// <summary>Ends it without a warning, as a power cut would.</summary>
    public async Task KillAsync()
    {
        foreach (var process in _processes.AsEnumerable().Reverse())
        {
            process.Kill();
            await ForgetAsync(process);
        }

        _processes.Clear();
    }

    /// <summary>Ends it; a temporary folder goes with it.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _watch?.Dispose();
        _watch = null;
        if (_temporary && _folder.IsValueCreated && Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Full path of an installed program, or null.</summary>
    protected static string? FindProgram(string name, params IEnumerable<string> moreFolders) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Concat(moreFolders)
            .Select(place => Path.Combine(place, name)).FirstOrDefault(File.Exists);

    /// <summary>A port that nobody listens on, each given once.</summary>
    protected static int NextPort()
    {
        lock (s_ports)
        {
            return s_ports.Next();
        }
    }

    /// <summary>This process's environment with some variables set.</summary>
    protected static IReadOnlyDictionary<string, string> EnvironmentWith(params IEnumerable<(string Name, string Value)> variables)
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            all[(string)variable.Key] = (string?)variable.Value ?? "";
        }

        foreach (var (name, value) in variables)
        {
            all[name] = value;
        }

        return all;
    }

    private async Task WaitUntilItAnswersAsync(CancellationToken cancellationToken)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(StartTime);
        try
        {
            while (!await TryAnswersAsync(late.Token))
            {
                if (_processes[^1].Exited.IsCompleted)
                    throw await FailAsync($"ended with {await _processes[^1].Exited}");
                await Task.Delay(TimeSpan.FromMilliseconds(20), late.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw await FailAsync($"did not answer at {Address} within {StartTime.TotalSeconds:0} s");
        }
    }

    private async Task<bool> TryAnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await AnswersAsync(cancellationToken);
        }
        catch (Exception error) when (error is IOException or System.Net.Sockets.SocketException or HttpRequestException)
        {
            return false;
        }
    }

    private async Task<InvalidOperationException> FailAsync(string what)
    {
        await KillAsync();
        return new InvalidOperationException($"the private {Name} server {what}; its last words:{Environment.NewLine}{string.Join(Environment.NewLine, _lastWords)}");
    }

    private async Task ForgetAsync(ChildProcess process)
    {
        await process.Exited;
        _watch?.Remove(process);
        process.Dispose();
    }
}
