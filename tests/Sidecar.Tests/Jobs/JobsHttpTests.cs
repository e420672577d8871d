using System.Net;
using System.Text.Json.Nodes;
using Sidecar.Runtime.Hosting;
using Sidecar.Tests.Hosting;
using static Sidecar.Tests.Hosting.SidecarFixture;

namespace Sidecar.Tests.Jobs;

public sealed class JobsHttpTests : IAsyncLifetime
{
    private SidecarFixture _fixture = null!;

    private HttpClient Client => _fixture.Client;

    public async Task InitializeAsync() => _fixture = await StartAsync(new SidecarOptions { AppId = "orders" });

    public Task DisposeAsync() => _fixture.DisposeAsync().AsTask();

    [Fact]
    public async Task A_job_is_shown_as_protobuf_JSON_with_the_policy_it_was_given()
    {
        var scheduled = await Client.PostAsync("/v1.0/jobs/nightly", Json("""{"schedule":"@every 1h","repeats":"2","data":{"n":1,"list":["x"]}}"""));
        var shown = JsonNode.Parse(await Client.GetStringAsync("/v1.0-alpha1/jobs/nightly"));

        Assert.Equal(HttpStatusCode.NoContent, scheduled.StatusCode);
        var expected = JsonNode.Parse("""
            {
              "name": "nightly", "schedule": "@every 1h", "repeats": 2,
              "data": {"@type": "type.googleapis.com/google.protobuf.Value", "value": {"n": 1, "list": ["x"]}},
              "failurePolicy": {"constant": {"interval": "1s", "maxRetries": 3}}
            }
            """);
        Assert.True(JsonNode.DeepEquals(expected, shown), shown?.ToJsonString());
    }

    [Theory]
    [InlineData("""{"name":"x","schedule":"@every 1h"}""", 400, "DAPR_SCHEDULER_JOB_NAME")]
    [InlineData("{}", 400, "DAPR_SCHEDULER_SCHEDULE_EMPTY")]
    [InlineData("""{"schedule":"now and then"}""", 500, "DAPR_SCHEDULER_SCHEDULE_JOB")]
    [InlineData("{", 400, "ERR_MALFORMED_REQUEST")]
    [InlineData("""{"schedule":"@every 1h","repeats":"many"}""", 400, "ERR_MALFORMED_REQUEST")]
    public async Task What_is_no_job_is_refused_with_Daprs_code(string body, int status, string code)
    {
        var answer = await Client.PostAsync("/v1.0/jobs/wrong", Json(body));

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(code, (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())?["errorCode"]);
        Assert.Equal(HttpStatusCode.InternalServerError, (await Client.GetAsync("/v1.0/jobs/wrong")).StatusCode);
    }

    [Theory]
    [InlineData("a%2Fb", 500, "DAPR_SCHEDULER_SCHEDULE_JOB")]
    [InlineData("a%5Cb", 500, "DAPR_SCHEDULER_SCHEDULE_JOB")]
    [InlineData("a%23b", 500, "DAPR_SCHEDULER_SCHEDULE_JOB")]
    [InlineData("a%3Fb", 500, "DAPR_SCHEDULER_SCHEDULE_JOB")]
    [InlineData("a%0Ab", 500, "DAPR_SCHEDULER_SCHEDULE_JOB")]
    [InlineData("%20", 400, "DAPR_SCHEDULER_JOB_NAME_EMPTY")]
    [InlineData("my%7Cjob%40name", 204, null)]
    [InlineData("a%20b", 204, null)]
    public async Task A_job_has_no_name_that_is_no_part_of_a_path(string name, int status, string? code)
    {
        var answer = await Client.PostAsync($"/v1.0/jobs/{name}", Json("""{"schedule":"@daily"}"""));
        var body = await answer.Content.ReadAsStringAsync();

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(code, body.Length == 0 ? null : (string?)JsonNode.Parse(body)?["errorCode"]);
    }

    [Fact]
    public async Task Deleting_a_missing_job_is_no_error()
    {
        Assert.Equal(HttpStatusCode.NoContent, (await Client.DeleteAsync("/v1.0/jobs/none")).StatusCode);
    }
}
