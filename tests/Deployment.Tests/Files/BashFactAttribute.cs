namespace Deployment.Tests.Files;

/// <summary>A test that runs one of the repository's bash scripts.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BashFactAttribute : FactAttribute
{
    public const string Reason = "the repository's scripts are written in bash";

    public BashFactAttribute() => Skip = OperatingSystem.IsWindows() ? Reason : null!;
}

/// <inheritdoc cref="BashFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BashTheoryAttribute : TheoryAttribute
{
    public BashTheoryAttribute() => Skip = OperatingSystem.IsWindows() ? BashFactAttribute.Reason : null!;
}
