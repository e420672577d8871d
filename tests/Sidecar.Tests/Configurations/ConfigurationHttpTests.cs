using System.Net.Http.Json;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Sidecar.Testing;
using Sidecar.Tests.Hosting;

namespace Sidecar.Tests.Configurations;

/// <summary>Configuration over HTTP: what is asked for, and what an app is told of changes.</summary>
public sealed class ConfigurationHttpTests : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private readonly Channel<(string Call, JsonElement Body)> _told = Channel.CreateUnbounded<(string, JsonElement)>();
    private readonly string _file = Path.Combine(Directory.CreateTempSubdirectory("configuration-").FullName, "settings.json");
    private TestApp _app = null!;
    private TestSidecar _sidecar = null!;

    public async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(_file, """{ "a": "1||v1", "b": "1" }""");
        _app = await TestApp.StartAsync(HearAsync);
        _sidecar = await TestSidecar.For("orders").WithApp(_app.Port).WithComponent("settings", "configuration.embedded", ("path", _file)).StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _sidecar.DisposeAsync();
        await _app.DisposeAsync();
        Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);
    }

    [Fact]
    public async Task An_app_is_told_of_the_keys_it_asked_for_until_it_unsubscribes()
    {
        var id = (await _sidecar.Http.GetFromJsonAsync<JsonElement>("v1.0/configuration/settings/subscribe?key=a")).GetProperty("id").GetString();
        await File.WriteAllTextAsync(_file, """{ "a": "2||v2", "b": "2" }""");
        var (call, body) = await _told.Reader.ReadAsync().AsTask().WaitAsync(s_patience);

        Assert.Equal("POST /configuration/settings/a", call);
        Assert.Equal(id, body.GetProperty("id").GetString());
        Assert.Equal("""{"a":{"value":"2","version":"v2","metadata":{}}}""", body.GetProperty("items").GetRawText());

        var ended = await _sidecar.Http.GetStringAsync($"v1.0/configuration/settings/{id}/unsubscribe");
        var again = await _sidecar.Http.GetAsync($"v1.0/configuration/settings/{id}/unsubscribe");
        var all = (await _sidecar.Http.GetFromJsonAsync<JsonElement>("v1.0/configuration/settings/subscribe")).GetProperty("id").GetString();
        await File.WriteAllTextAsync(_file, """{ "a": "3", "b": "2" }""");
        (_, body) = await _told.Reader.ReadAsync().AsTask().WaitAsync(s_patience);

        Assert.Equal("""{"ok":true}""", ended);
        Assert.Equal(500, (int)again.StatusCode);
        Assert.Contains($"failed to unsubscribe to configuration request {id}", await again.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(all, body.GetProperty("id").GetString());
    }

    [Fact]
    public async Task What_is_asked_for_comes_with_its_version_and_nothing_is_no_content()
    {
        var some = await _sidecar.Http.GetStringAsync("v1.0/configuration/settings?key=a&key=missing");
        var nothing = await _sidecar.Http.GetAsync("v1.0/configuration/settings?key=missing");

        Assert.Equal("""{"a":{"value":"1","version":"v1","metadata":{}}}""", some);
        Assert.Equal(StatusCodes.Status204NoContent, (int)nothing.StatusCode);
    }

    private async Task HearAsync(HttpContext http)
    {
        if (http.Request.Path.StartsWithSegments("/configuration"))
            await _told.Writer.WriteAsync(($"{http.Request.Method} {http.Request.Path}", await http.Request.ReadFromJsonAsync<JsonElement>()));
        else
            http.Response.StatusCode = StatusCodes.Status404NotFound;
    }
}
