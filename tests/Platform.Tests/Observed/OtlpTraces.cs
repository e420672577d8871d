using Google.Protobuf;

namespace Platform.Tests.Observed;

/// <summary>
/// Reads what matters here of an OTLP trace export. Numbers of the fields as in opentelemetry-proto v1: request.resource_spans = 1; ResourceSpans.resource = 1, scope_spans = 2;
/// Resource.attributes = 1; ScopeSpans.spans = 2; Span.trace_id = 1, span_id = 2, parent_span_id = 4, name = 5.
/// </summary>
internal static class OtlpTraces
{
    public static IReadOnlyList<Span> Read(byte[] request)
    {
        var spans = new List<Span>();
        foreach (var resourceSpans in Fields(request, 1))
        {
            var service = Fields(resourceSpans, 1).SelectMany(resource => Fields(resource, 1))
                .Where(attribute => Text(attribute, 1) == "service.name")
                .Select(attribute => Text(Fields(attribute, 2).Single(), 1)).SingleOrDefault("");
            spans.AddRange(Fields(resourceSpans, 2).SelectMany(scope => Fields(scope, 2)).Select(span =>
                new Span(Exporter.Otlp, service, Text(span, 5), Hex(span, 1), Hex(span, 2), Hex(span, 4))));
        }

        return spans;
    }

    private static string Text(byte[] message, int number) => System.Text.Encoding.UTF8.GetString(First(message, number));

    private static string Hex(byte[] message, int number) => Convert.ToHexStringLower(First(message, number));

    private static byte[] First(byte[] message, int number) => Fields(message, number).FirstOrDefault([]);

    /// <summary>The length-delimited fields of one number; the others are skipped.</summary>
    private static List<byte[]> Fields(byte[] message, int number)
    {
        var found = new List<byte[]>();
        using var input = new CodedInputStream(message);
        while (input.ReadTag() is var tag and not 0)
        {
            if (WireFormat.GetTagFieldNumber(tag) == number && WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited)
            {
                found.Add(input.ReadBytes().ToByteArray());
            }
            else
            {
                input.SkipLastField();
            }
        }

        return found;
    }
}
