using System.CommandLine;
using System.Text;
using Sidecar.Cli.Running;

namespace Sidecar.Cli.Commands;

/// <summary><c>--data</c> and <c>--data-file</c>, of which only one may be given.</summary>
internal sealed class Payload(string commandName)
{
    private readonly Option<string?> _data = new("--data", "-d") { Description = "The data, as JSON", HelpName = "json" };
    private readonly Option<string?> _file = new("--data-file", "-f") { Description = "A file with the data", HelpName = "file" };

    public void AddTo(Command command)
    {
        command.Options.Add(_data);
        command.Options.Add(_file);
    }

    /// <exception cref="RunException">Both are given, or the file cannot be read.</exception>
    public byte[] Read(ParseResult given)
    {
        var data = given.GetValue(_data) ?? "";
        if (given.GetValue(_file) is not { Length: > 0 } file)
            return Encoding.UTF8.GetBytes(data);
        if (data.Length > 0)
            throw new RunException($"Only one of --data and --data-file allowed in the same {commandName} command");
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RunException($"Error reading payload from '{file}'. Error: {error.Message}", error);
        }
    }
}
