using System.Text.RegularExpressions;
using Conformance;
using Sidecar.Testing;

namespace Sidecar.Tests.Outbox;

public sealed partial class DocumentedOutboxTests
{
    [Fact]
    public async Task The_component_that_the_document_shows_has_an_outbox()
    {
        var folder = Directory.CreateTempSubdirectory("documented-").FullName;
        var yaml = Yaml().Match(await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "docs", "outbox.md"))).Groups["yaml"].Value;
        await File.WriteAllTextAsync(Path.Combine(folder, "statestore.yaml"), yaml);
        await using (var sidecar = await TestSidecar.For("crm").WithoutApp().WithResources(folder).StartAsync())
        {
            using var content = new StringContent("""{"operations":[{"operation":"upsert","request":{"key":"1","value":1}}]}""");
            using var answer = await sidecar.Http.PostAsync(new Uri("v1.0/state/statestore/transaction", UriKind.Relative), content);

            // There is no broker beside it: an outbox must refuse, a plain store would save.
            Assert.Contains("ERR_PUBLISH_OUTBOX", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Directory.Delete(folder, recursive: true);
    }

    [GeneratedRegex("```yaml\n(?<yaml>.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex Yaml();
}
