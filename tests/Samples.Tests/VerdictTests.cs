using System.Net;
using System.Text.Json;
using Demo.Running;
using Demo.Verifying;

namespace Samples.Tests;

/// <summary>What <c>./run verify</c> says of what the Gateway says.</summary>
public sealed class VerdictTests
{
    [Fact]
    public void Everything_holds_only_when_nothing_is_in_between_and_all_books_agree()
    {
        Assert.True(Of(new AuditReport(true, true, true, 0, 3, [])).IsGood);
        Assert.False(Of(new AuditReport(false, true, true, 0, 3, [])).IsGood);
        Assert.False(Of(new AuditReport(true, false, true, 0, 3, [])).IsGood);
        Assert.False(Of(new AuditReport(true, true, false, 0, 3, [])).IsGood);
        Assert.False(Of(new AuditReport(true, true, true, 1, 3, [])).IsGood);
    }

    [Fact]
    public void The_lines_name_what_does_not_hold_and_show_the_differences()
    {
        var lines = Of(new AuditReport(true, false, true, 1, 3, ["money of 42 differs"])).Lines().ToList();

        Assert.StartsWith("  NOT money", lines[1], StringComparison.Ordinal);
        Assert.Equal("  NOT in between  1 of 3 orders", lines[3]);
        Assert.Equal(["    money of 42 differs", "Not all invariants hold."], lines[^2..]);
    }

    [Fact]
    public void The_JSON_line_has_every_invariant()
    {
        var json = JsonDocument.Parse(Of(new AuditReport(true, false, true, 1, 3, ["x"])).ToJson()).RootElement;

        Assert.Equal("""{"stock":true,"money":false,"shipments":true}""", json.GetProperty("invariants").GetRawText());
        Assert.Equal(("running", 3, 1), (json.GetProperty("platform").GetString(), json.GetProperty("orders").GetInt32(), json.GetProperty("stuck").GetInt32()));
    }

    [Theory]
    [InlineData(true, 3)]
    [InlineData(false, 2)]
    public async Task What_is_on_its_way_is_waited_for(bool ended, int asked)
    {
        using var answers = new Answers(
            """{"stock":false,"money":true,"shipments":true,"stuck":1,"orders":2,"details":[]}""",
            """{"stock":true,"money":true,"shipments":true,"stuck":1,"orders":2,"details":[]}""",
            """{"stock":true,"money":true,"shipments":true,"stuck":0,"orders":2,"details":[]}""");
        using var http = new HttpClient(answers) { BaseAddress = new Uri("http://gateway") };

        var audit = await Books.CheckAsync(new Gateway(http, _ => { }), TimeSpan.FromSeconds(30), ended, default);

        Assert.True(audit.Stock);
        Assert.Equal(asked, answers.Asked);
    }

    private static Verdict Of(AuditReport audit) => Verdict.Of(audit, wasRunning: true);

    private sealed class Answers(params string[] answers) : HttpMessageHandler
    {
        public int Asked { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(answers[Math.Min(Asked++, answers.Length - 1)], System.Text.Encoding.UTF8, "application/json") });
    }
}
