using Demo;
using Demo.Running;
using Demo.Verifying;
using Spectre.Console;

return await DemoCommand.Create(RunAsync, VerifyCommand.Create(VerifyAsync)).Parse(args).InvokeAsync();

static async Task<int> VerifyAsync(VerifyOptions options, CancellationToken cancellationToken)
{
    try
    {
        return await new VerifyRun(options, Repository.Find(), Console.Out, options.Json ? Console.Error : Console.Out).RunAsync(cancellationToken);
    }
    catch (DemoException error)
    {
        Console.Error.WriteLine(error.Message);
        return 2;
    }
    catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
    {
        return 130;
    }
}

static async Task<int> RunAsync(DemoOptions options, CancellationToken cancellationToken)
{
    // With --json everything but the result goes to the error stream, so that a program can read the output.
    var redirected = options.Json ? Console.IsErrorRedirected : Console.IsOutputRedirected;
    var console = AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(options.Json ? Console.Error : Console.Out),
        Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
        Interactive = redirected ? InteractionSupport.No : InteractionSupport.Detect,
    });
    if (redirected)
        console.Profile.Width = 200;
    try
    {
        var repository = Repository.Find();
        if (options.Gateway is not null)
            return await new DeployedRun(options, repository, console).RunAsync(cancellationToken);
        foreach (var folder in new[] { Path.Combine("components", "pubsub", options.Broker), Path.Combine("components", "state", options.Store) })
        {
            if (!Directory.Exists(Path.Combine(repository.Root, folder)))
                throw new DemoException($"there is no folder {folder}; there are: {string.Join(", ", Siblings(Path.Combine(repository.Root, folder)))}");
        }

        return await new DemoRun(options, repository, console).RunAsync(cancellationToken);
    }
    catch (DemoException error)
    {
        Console.Error.WriteLine(error.Message);
        return 1;
    }
    catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
    {
        Console.Error.WriteLine("Stopped. ./run demo --resume goes on from here.");
        return 130;
    }
}

static IEnumerable<string> Siblings(string folder) =>
    Directory.GetDirectories(Path.GetDirectoryName(folder)!).Select(sibling => Path.GetFileName(sibling)).Order();
