using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Dapr;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Sdk.Tests.AspNetCore;

public sealed class CloudEventsTests
{
    private sealed record Seen(string? ContentType, string Body, Dictionary<string, string> Headers);

    private static async Task<(HttpStatusCode Status, Seen? Seen)> PostAsync(
        string body, CloudEventsMiddlewareOptions? options = null, string contentType = "application/cloudevents+json", Encoding? encoding = null)
    {
        await using var app = await TestApp.StartAsync(app =>
        {
            app.UseCloudEvents(options ?? new CloudEventsMiddlewareOptions());
            app.MapPost("/", async (HttpRequest request) =>
            {
                using var reader = new StreamReader(request.Body);
                var forwarded = request.Headers.Where(header => header.Key.StartsWith("Cloudevent.", StringComparison.Ordinal));
                return new Seen(request.ContentType, await reader.ReadToEndAsync(), forwarded.ToDictionary(header => header.Key, header => header.Value.ToString()));
            });
        });
        using var content = new ByteArrayContent((encoding ?? Encoding.UTF8).GetBytes(body));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        using var response = await app.Http.PostAsync("/", content);
        return (response.StatusCode, response.IsSuccessStatusCode ? await response.Content.ReadFromJsonAsync<Seen>() : null);
    }

    [Theory]
    [InlineData("""{"data":{"a": 1}}""", "application/json", """{"a":1}""")]
    [InlineData("""{"DATA":{"a": 1},"DataContentType":"application/json; charset=utf-16"}""", "application/json", """{"a":1}""")]
    [InlineData("""{"data":{"a": 1},"datacontenttype":"application/vnd.order+json"}""", "application/vnd.order+json", """{"a":1}""")]
    [InlineData("""{"data":"plain \"text\"","datacontenttype":"text/plain"}""", "text/plain", "plain \"text\"")]
    [InlineData("""{"data":"{\"a\":1}","datacontenttype":"application/vnd.order+json"}""", "application/vnd.order+json", """{"a":1}""")]
    [InlineData("""{"data":{"a":1},"datacontenttype":"text/plain"}""", "text/plain", """{"a":1}""")]
    [InlineData("""{"data":"text"}""", "application/json", "\"text\"")]
    [InlineData("""{"data":null}""", "application/json", "null")]
    [InlineData("""{"data_base64":"aGk=","datacontenttype":"text/plain"}""", "text/plain", "hi")]
    [InlineData("""{"data_base64":"aGk="}""", "application/json", "hi")]
    [InlineData("""{"id":"1"}""", null, "")]
    public async Task The_handler_finds_the_data_as_its_body(string envelope, string? contentType, string body)
    {
        var (_, seen) = await PostAsync(envelope);

        Assert.Equal((contentType, body), (seen!.ContentType, seen.Body));
    }

    [Fact]
    public async Task Data_in_both_forms_is_refused()
    {
        var (status, _) = await PostAsync("""{"data":1,"data_base64":"aGk="}""");

        Assert.Equal(HttpStatusCode.BadRequest, status);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/cloudevents-batch+json")]
    public async Task Everything_else_passes_untouched(string contentType)
    {
        var (_, seen) = await PostAsync("""{"data": 1}""", contentType: contentType);

        Assert.Equal((contentType, """{"data": 1}"""), (seen!.ContentType, seen.Body));
    }

    [Fact]
    public async Task Another_charset_is_read_in_it()
    {
        var (_, seen) = await PostAsync(
            """{"data":"é","datacontenttype":"text/plain"}""", null, "application/cloudevents+json; charset=utf-16", Encoding.Unicode);

        Assert.Equal("é", seen!.Body);
    }

    [Fact]
    public async Task Text_can_stay_the_json_string_it_is()
    {
        var options = new CloudEventsMiddlewareOptions { SuppressJsonDecodingOfTextPayloads = true };

        var (_, seen) = await PostAsync("""{"data":"text","datacontenttype":"text/plain"}""", options);

        Assert.Equal("\"text\"", seen!.Body);
    }

    [Fact]
    public async Task Attributes_can_become_headers()
    {
        const string Envelope = """{"id":"1","Type":"t","source":"s","pubsubname":"p","traceparent":"x","data":1}""";

        var (_, all) = await PostAsync(Envelope, new CloudEventsMiddlewareOptions { ForwardCloudEventPropertiesAsHeaders = true });
        var (_, some) = await PostAsync(Envelope, new CloudEventsMiddlewareOptions
        {
            ForwardCloudEventPropertiesAsHeaders = true,
            IncludedCloudEventPropertiesAsHeaders = ["ID"],
        });
        var (_, others) = await PostAsync(Envelope, new CloudEventsMiddlewareOptions
        {
            ForwardCloudEventPropertiesAsHeaders = true,
            ExcludedCloudEventPropertiesFromHeaders = ["id"],
        });
        var (_, none) = await PostAsync(Envelope);

        Assert.Equal(["Cloudevent.id", "Cloudevent.source", "Cloudevent.type"], all!.Headers.Keys.Order());
        Assert.Equal("1", all.Headers["Cloudevent.id"]);
        Assert.Equal(["Cloudevent.id"], some!.Headers.Keys);
        Assert.Equal(["Cloudevent.source", "Cloudevent.type"], others!.Headers.Keys.Order());
        Assert.Empty(none!.Headers);
    }
}
