namespace Platform.Tests;

/// <summary>Marks what takes minutes and adds little to the quick tests: <c>./test --all</c> and CI run it.</summary>
public static class LongSuite
{
    public const string Trait = "Suite";
    public const string Name = "long";
}
