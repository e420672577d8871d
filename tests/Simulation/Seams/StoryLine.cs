using System.Runtime.CompilerServices;

namespace Simulation.Seams;

/// <summary>An interpolated text that costs nothing while no story is told.</summary>
[InterpolatedStringHandler]
internal ref struct StoryLine
{
    private DefaultInterpolatedStringHandler _text;
    private readonly bool _isTold;

    public StoryLine(int literalLength, int formattedCount, World world, out bool isTold)
    {
        _isTold = isTold = world.Story is not null;
        _text = isTold ? new DefaultInterpolatedStringHandler(literalLength, formattedCount) : default;
    }

    public void AppendLiteral(string value) => _text.AppendLiteral(value);

    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    public void AppendFormatted<T>(T value, string? format) => _text.AppendFormatted(value, format);

    public override string ToString() => _isTold ? _text.ToString() : string.Empty;
}
