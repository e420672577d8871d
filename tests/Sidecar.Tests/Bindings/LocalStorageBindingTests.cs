using System.Net;
using System.Text;
using Sidecar.Runtime.Hosting;
using Sidecar.Testing;

namespace Sidecar.Tests.Bindings;

/// <summary>Files through <c>bindings.localstorage</c>.</summary>
public sealed class LocalStorageBindingTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("storage-").FullName;
    private TestSidecar _sidecar = null!;

    private string Root => Path.Combine(_folder, "files");

    public async Task InitializeAsync() => _sidecar = await TestSidecar.For("shop").WithoutApp().WithComponent("files", "bindings.localstorage", ("rootPath", Root)).StartAsync();

    public async Task DisposeAsync()
    {
        await _sidecar.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_file_is_made_read_listed_and_deleted()
    {
        Assert.Equal("""{"fileName":"a/b.txt"}""", await InvokeAsync("""{"operation":"create","data":"Hello, you","metadata":{"fileName":"a/b.txt"}}"""));
        Assert.Equal("Hello, you", await File.ReadAllTextAsync(Path.Combine(Root, "a", "b.txt")));
        Assert.Equal("Hello, you", await InvokeAsync("""{"operation":"get","metadata":{"fileName":"a/b.txt"}}"""));
        Assert.Equal($"""["{Path.Combine(Root, "a", "b.txt")}"]""", await InvokeAsync("""{"operation":"list","metadata":{"fileName":"a"}}"""));
        Assert.Equal("", await InvokeAsync("""{"operation":"delete","metadata":{"fileName":"a/b.txt"}}""", HttpStatusCode.NoContent));
        Assert.Equal("null", await InvokeAsync("""{"operation":"list"}"""));
    }

    [Theory]
    [InlineData("\"aGVsbG8=\"", "hello")]
    [InlineData("{\"a\":1}", "{\"a\":1}")]
    [InlineData("{ \"b\": \"é'\", \"a\": 1.0 }", "{\"a\":1,\"b\":\"é'\"}")]
    [InlineData("\"two words\"", "two words")]
    public async Task Text_is_written_as_text_and_Base64_as_its_bytes(string data, string written)
    {
        await InvokeAsync("""{"operation":"create","data":DATA,"metadata":{"fileName":"f"}}""".Replace("DATA", data, StringComparison.Ordinal));
        Assert.Equal(written, await File.ReadAllTextAsync(Path.Combine(Root, "f")));
    }

    [Fact]
    public async Task A_file_without_a_name_gets_one()
    {
        await InvokeAsync("""{"operation":"create","data":"x y"}""");
        Assert.True(Guid.TryParse(Path.GetFileName(Directory.GetFiles(Root).Single()), out _));
    }

    [Fact]
    public async Task No_name_and_no_link_leads_out_of_the_folder()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "secret"), "outside");
        await InvokeAsync("""{"operation":"create","data":"in side","metadata":{"fileName":"../../secret"}}""");
        Assert.Equal("in side", await File.ReadAllTextAsync(Path.Combine(Root, "secret")));
        Assert.Equal("outside", await File.ReadAllTextAsync(Path.Combine(_folder, "secret")));

        File.CreateSymbolicLink(Path.Combine(Root, "link"), Path.Combine(_folder, "secret"));
        Assert.Contains("is a link", await InvokeAsync("""{"operation":"get","metadata":{"fileName":"link"}}""", HttpStatusCode.InternalServerError), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"operation":"get","metadata":{"fileName":"none"}}""", "file not found")]
    [InlineData("""{"operation":"delete","metadata":{"fileName":"none"}}""", "error deleting file")]
    [InlineData("""{"operation":"list","metadata":{"fileName":"none"}}""", "no such directory")]
    public async Task What_is_not_there_is_an_error_that_names_it(string request, string reason) =>
        Assert.Contains(reason, await InvokeAsync(request, HttpStatusCode.InternalServerError), StringComparison.Ordinal);

    [Fact]
    public async Task A_place_of_the_system_is_refused_at_the_start()
    {
        var refusal = await Assert.ThrowsAsync<SidecarStartException>(() => TestSidecar.For("shop").WithoutApp().WithComponent("files", "bindings.localstorage", ("rootPath", "/proc/files")).StartAsync());
        Assert.Contains("disallowed location", refusal.Message, StringComparison.Ordinal);
    }

    private async Task<string> InvokeAsync(string body, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _sidecar.Http.PostAsync(new Uri("v1.0/bindings/files", UriKind.Relative), content);
        var answer = await response.Content.ReadAsStringAsync();
        Assert.True(expected == response.StatusCode, answer);
        return answer;
    }
}
