using Deployment.Tests.Files;

namespace Deployment.Tests.Drift;

/// <summary>Two places that have to agree and do not.</summary>
/// <param name="What">What they disagree about, as a sentence without its places.</param>
/// <param name="One">Where the one thing is said.</param>
/// <param name="Other">Where the other thing is said, or the file in which it is missing.</param>
internal sealed record Difference(string What, Place One, Place Other)
{
    public override string ToString() => $"{What}: {One} and {Other} have to agree";
}
