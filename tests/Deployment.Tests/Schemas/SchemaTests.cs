using Deployment.Tests.Rendering;

namespace Deployment.Tests.Schemas;

/// <summary>Every object has only fields that its kind has, each of its type. That the schemas find what is wrong is shown by BrokenObjectTests.</summary>
public sealed class SchemaTests
{
    [RenderingTheory]
    [MemberData(nameof(Renderings.AllRows), MemberType = typeof(Renderings))]
    public async Task Every_object_is_valid(string rendering) => Assert.Empty((await Renderings.OfAsync(rendering)).SelectMany(SchemaFolder.Check));

    [RenderingFact]
    public async Task Every_schema_is_of_a_kind_that_is_used()
    {
        var used = (await Task.WhenAll(Renderings.Names.Select(Renderings.OfAsync))).SelectMany(objects => objects).Select(item => (item.ApiVersion, item.Kind)).Distinct();

        Assert.Empty(SchemaFolder.Kinds.Except(used));
    }
}
