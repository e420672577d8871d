using Demo.Running;

namespace Demo.Output;

/// <summary>Shows how a run goes on.</summary>
public interface IProgressView
{
    /// <summary>Shows where the orders stand.</summary>
    void Show(IReadOnlyList<TrackedOrder> orders);
}
