using System.Text.RegularExpressions;
using Deployment.Tests.Files;

namespace Deployment.Tests.Azure;

/// <summary>No Bicep file holds a secret, and a parameter that takes one is marked, so that Azure does not keep it in the deployment's history.</summary>
public sealed partial class SecretTests
{
    [Fact]
    public void No_Bicep_file_holds_a_secret() =>
        Assert.Empty(Checkout.Here.Files("deploy", ".bicep").SelectMany(path => Find(path, Checkout.Here.Read(path))));

    [Theory]
    [InlineData("properties: {\n  adminPassword: 'word'\n}", "main.bicep:2: 'adminPassword' is a secret in plain sight")]
    [InlineData("param accountKey string", "main.bicep:1: 'accountKey' takes a secret and is not @secure()")]
    [InlineData("@secure()\nparam password string = 'word'", "main.bicep:2: 'password' has a default that everybody can read")]
    [InlineData("output connectionString string = 'AccountKey=word'", "main.bicep:1: the output 'connectionString' gives a secret away")]
    public void A_secret_is_found(string text, string problem) => Assert.Contains(problem, Find("main.bicep", text));

    [Theory]
    [InlineData("@secure()\nparam password string\nresource server 'x' = {\n  administratorLoginPassword: password\n}")]
    [InlineData("var secretsUser = '4633458b-17de-408a-b874-0445c86b69e6'\nresource secret 'x' = {\n  name: 'eventhubs-connection-string'\n}")]
    public void What_only_speaks_of_secrets_is_none(string text) => Assert.Empty(Find("main.bicep", text));

    private static IEnumerable<string> Find(string path, string text)
    {
        var before = "";
        foreach (var (line, number) in text.Split('\n').Select((line, at) => (line, at + 1)))
        {
            var at = new Place(path, number);
            if (Parameter().Match(line) is { Success: true } parameter)
            {
                if (!before.Contains("@secure()", StringComparison.Ordinal))
                    yield return $"{at}: '{parameter.Groups[1].Value}' takes a secret and is not @secure()";
                else if (parameter.Groups[2].Success)
                    yield return $"{at}: '{parameter.Groups[1].Value}' has a default that everybody can read";
            }
            else if (Output().Match(line) is { Success: true } output)
            {
                yield return $"{at}: the output '{output.Groups[1].Value}' gives a secret away";
            }
            else if (Literal().Match(line) is { Success: true } literal)
            {
                yield return $"{at}: '{literal.Groups[1].Value}' is a secret in plain sight";
            }

            before = line.StartsWith('@') ? before + line : "";
        }
    }

    [GeneratedRegex(@"^param (\w*(?:password|secret|connectionString|accountKey|accessKey|apiKey|token)) \w+( *=.*)?$", RegexOptions.IgnoreCase)]
    private static partial Regex Parameter();

    [GeneratedRegex(@"^output (\w*(?:password|secret|connectionString|accountKey|accessKey|apiKey|token)) ", RegexOptions.IgnoreCase)]
    private static partial Regex Output();

    [GeneratedRegex(@"^\s*(\w*(?:password|secret|connectionString|accountKey|accessKey|apiKey|token)): '[^'$]+'", RegexOptions.IgnoreCase)]
    private static partial Regex Literal();
}
