using Deployment.Tests.Rendering;

namespace Deployment.Tests.Policies;

/// <summary>An object that breaks a rule.</summary>
/// <param name="Object">Which, and where it was rendered from.</param>
/// <param name="Problem">What is wrong.</param>
/// <param name="WayOut">What to do about it.</param>
internal sealed record Finding(KubeObject Object, string Problem, string WayOut)
{
    public override string ToString() => $"{Object}: {Problem}; {WayOut}";
}
