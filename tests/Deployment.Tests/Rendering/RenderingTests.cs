using Xunit.Abstractions;

namespace Deployment.Tests.Rendering;

public sealed class RenderingTests(ITestOutputHelper output)
{
    [RenderingFact]
    public async Task Every_overlay_and_every_component_alone_can_be_rendered()
    {
        var objects = (await Task.WhenAll(Renderings.Names.Select(Renderings.OfAsync))).Sum(rendered => rendered.Count);

        Assert.NotEmpty(Renderings.Overlays);
        Assert.NotEmpty(Renderings.Components);
        // `test` prints what begins with "note:".
        output.WriteLine(
            $"note: k8s/ rendered and checked: {Renderings.Overlays.Count} overlays, {Renderings.Components.Count} components alone, {Renderings.Names.Count} renderings in all with {objects} objects");
    }

    [Fact]
    public void Every_component_of_an_overlay_is_taken_by_the_overlay_or_by_a_choice()
    {
        var (there, taken) = Renderings.OwnComponents();

        Assert.Equal(there, taken);
    }

    [RenderingTheory]
    [MemberData(nameof(Renderings.AllRows), MemberType = typeof(Renderings))]
    public async Task No_object_is_there_twice(string rendering)
    {
        var objects = await Renderings.OfAsync(rendering);

        Assert.Empty(objects.GroupBy(item => (item.ApiVersion, item.Kind, item.Namespace, item.Name)).Where(same => same.Count() > 1).Select(same => same.First().ToString()));
    }
}
