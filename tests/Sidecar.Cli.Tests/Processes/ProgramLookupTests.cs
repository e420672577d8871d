using Sidecar.Processes;

namespace Sidecar.Cli.Tests.Processes;

public sealed class ProgramLookupTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("node", "the program 'node' is not on the PATH; install Node.js from https://nodejs.org")]
    [InlineData("frobnicate", "the program 'frobnicate' is not on the PATH; install it, or write its full path in the command")]
    public void A_missing_program_is_named_with_the_way_to_get_it(string program, string expected)
    {
        var error = Assert.Throws<ProcessStartException>(() => ProgramLookup.Find([program], _folder.Path, _folder.Path));

        Assert.Equal(expected, error.Message);
    }

    [Fact]
    public void A_program_of_the_app_s_own_folder_is_found_there()
    {
        _folder.WithFile("app.sh", "#!/bin/sh");
        if (!OperatingSystem.IsWindows())
        {
            Assert.Contains("chmod +x", Assert.Throws<ProcessStartException>(() => ProgramLookup.Find(["./app.sh"], _folder.Path, "")).Message, StringComparison.Ordinal);
            _folder.WithExecutable("app.sh");
        }

        Assert.Equal(_folder["app.sh"], ProgramLookup.Find(["./app.sh"], _folder.Path, ""));
    }

    [Fact]
    public void An_app_that_was_not_built_says_so()
    {
        var error = Assert.Throws<ProcessStartException>(() => ProgramLookup.Find(["dotnet", "bin/Shop.dll"], _folder.Path, Environment.GetEnvironmentVariable("PATH")));

        Assert.Equal($"'{_folder["bin", "Shop.dll"]}' does not exist; build it first: dotnet build -c Release", error.Message);
    }
}
