namespace Deployment.Tests.Files;

/// <summary>A line of a file: what a message has to name, so that the reader can go there.</summary>
/// <param name="File">Path from the root of the checkout.</param>
/// <param name="Line">One-based; 0 for the file as a whole.</param>
internal readonly record struct Place(string File, long Line)
{
    public override string ToString() => Line > 0 ? $"{File}:{Line}" : File;
}
