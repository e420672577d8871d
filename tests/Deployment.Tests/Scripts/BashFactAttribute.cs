namespace Deployment.Tests.Scripts;

/// <summary>A test that runs a script of <c>deploy/</c>: skipped, with its reason, where there is no bash of the system.</summary>
internal sealed class BashFactAttribute : FactAttribute
{
    public const string Reason = "the scripts of deploy/ are for bash on Linux and macOS";

    public BashFactAttribute() => Skip = OperatingSystem.IsWindows() ? Reason : null;
}

/// <summary>The same for a theory.</summary>
internal sealed class BashTheoryAttribute : TheoryAttribute
{
    public BashTheoryAttribute() => Skip = OperatingSystem.IsWindows() ? BashFactAttribute.Reason : null;
}
