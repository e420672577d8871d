namespace Dapr.Actors;

/// <summary>What every actor interface derives from. Its methods return tasks, are not overloaded and not generic.</summary>
public interface IActor
{
}
