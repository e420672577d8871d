using ApiConformance;

namespace Sidecar.Tests.Conformance;

/// <summary>The list of Dapr's methods, the sidecar and docs/conformance.md say the same.</summary>
public sealed class ConformancePageTests
{
    private const string Remedy = "then ./run conformance --page";

    private static readonly string s_root = RepositoryRoot.Find();
    private static readonly IReadOnlyList<ApiMethod> s_methods = ApiList.Read(Path.Combine(s_root, "tests", "ApiConformance", "api.yaml"));
    private static readonly TestedBy s_tested = TestedBy.Read(Path.Combine(s_root, "tests", "ApiConformance", "tested.yaml"));

    [Fact]
    public async Task What_the_sidecar_serves_is_in_the_list()
    {
        var listed = s_methods.SelectMany(method => method.Keys).ToHashSet();

        var unlisted = (await ServedApi.FindAsync()).Where(key => !listed.Contains(key)).ToList();

        Assert.True(unlisted.Count == 0, $"served and not in tests/ApiConformance/api.yaml: {string.Join(", ", unlisted)}; add them, {Remedy}");
    }

    [Fact]
    public async Task What_is_not_served_has_a_reason_and_what_is_served_has_none()
    {
        var served = await ServedApi.FindAsync();

        var wrong = s_methods.Where(method => method.Transport != Transport.App).Where(method => ConformancePage.Served(method, served, s_tested) == "yes" == (method.Missing is not null)).Select(method => method.Text).ToList();

        Assert.True(wrong.Count == 0, $"'missing' in tests/ApiConformance/api.yaml must say why a method is not served, and be gone where it is: {string.Join(", ", wrong)}; change that, {Remedy}");
    }

    [Fact]
    public void Every_stable_method_is_called_by_a_test_and_what_is_asked_of_an_app_is_seen_asked()
    {
        var untested = s_methods
            .Where(method => method is { Level: "stable", Missing: null } && s_tested.OurTests(method.Keys).Count + s_tested.JavaScriptFiles(method.Keys).Count == 0)
            .Select(method => method.Text);

        Assert.True(!untested.Any(), $"not called by any test as recorded by ./run conformance: {string.Join(", ", untested)}");
    }

    [Fact]
    public async Task The_page_is_what_the_list_and_the_sidecar_make_of_it()
    {
        var page = (await File.ReadAllTextAsync(Path.Combine(s_root, "docs", "conformance.md"))).ReplaceLineEndings("\n");

        var made = ConformancePage.Make(s_methods, await ServedApi.FindAsync(), s_tested);

        Assert.True(page == made, "docs/conformance.md is out of date: run ./run conformance --page");
    }
}
