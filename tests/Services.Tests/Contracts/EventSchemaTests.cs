using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Catalog.Contracts;
using Inventory.Contracts;
using Ordering.Contracts;
using Payments.Contracts;
using ServiceDefaults;
using Shipping.Contracts;

namespace Services.Tests.Contracts;

/// <summary>
/// The JSON Schema of every event stands beside its record, for services in other languages. <c>UPDATE_SCHEMAS=1 ./test Services --filter FullyQualifiedName~EventSchema</c> writes them anew:
/// the difference shows whether a change breaks a reader, and then the event needs a new version instead.
/// </summary>
public sealed class EventSchemaTests
{
    private static readonly JsonSerializerOptions s_written = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };

    private static readonly JsonSerializerOptions s_wire = new(WireJson.Options) { TypeInfoResolver = new DefaultJsonTypeInfoResolver(), NumberHandling = JsonNumberHandling.Strict };

    private static readonly IReadOnlyList<(string Folder, string Topic, string Type, Type Record)> s_events =
    [
        .. new[] { typeof(CatalogEvents), typeof(OrderingEvents), typeof(CancellationEvents), typeof(InventoryEvents), typeof(PaymentsEvents), typeof(ShippingEvents) }.SelectMany(EventsOf),
    ];

    [Fact]
    public void Every_event_has_the_schema_that_its_record_says()
    {
        var update = Environment.GetEnvironmentVariable("UPDATE_SCHEMAS") == "1";
        Assert.All(s_events, @event =>
        {
            var file = Path.Combine(@event.Folder, @event.Type + ".json");
            var schema = SchemaOf(@event.Topic, @event.Type, @event.Record);
            if (update)
            {
                Directory.CreateDirectory(@event.Folder);
                File.WriteAllText(file, schema);
            }

            Assert.True(File.Exists(file), $"{file} is missing: write it with UPDATE_SCHEMAS=1");
            Assert.Equal(schema, File.ReadAllText(file).ReplaceLineEndings("\n"));
        });
    }

    [Fact]
    public void No_schema_stands_for_an_event_that_is_gone()
    {
        var known = s_events.Select(@event => Path.Combine(@event.Folder, @event.Type + ".json")).ToHashSet();
        Assert.DoesNotContain(s_events.Select(@event => @event.Folder).Distinct().SelectMany(folder => Directory.EnumerateFiles(folder)), file => !known.Contains(file));
    }

    private static IEnumerable<(string, string, string, Type)> EventsOf(Type events)
    {
        var context = events.Namespace!.Split('.')[0];
        var folder = Path.Combine(Root(), "services", context, $"{context}.Contracts", "Schemas");
        var topic = (string)events.GetField("Topic", BindingFlags.Public | BindingFlags.Static)!.GetRawConstantValue()!;
        var types = (IReadOnlyDictionary<string, Type>)events.GetProperty("Types", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;
        return types.Select(type => (folder, topic, type.Key, type.Value));
    }

    private static string SchemaOf(string topic, string type, Type record)
    {
        var options = new JsonSchemaExporterOptions
        {
            TreatNullObliviousAsNonNullable = true,
            // What a record computes has no setter, of which the exporter would know that null is refused.
            TransformSchemaNode = (context, node) =>
            {
                if (context.PropertyInfo is { Set: null, IsGetNullable: false } && node["type"] is JsonArray types && types.FirstOrDefault(type => type!.GetValue<string>() != "null") is { } only)
                    node["type"] = only.GetValue<string>();
                return node;
            },
        };
        var exported = s_wire.GetJsonSchemaAsNode(record, options).AsObject();
        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["$id"] = $"urn:event:{type}",
            ["title"] = record.Name,
            ["description"] = $"Data of the CloudEvent '{type}' on the topic '{topic}'.",
        };
        foreach (var (name, value) in exported)
        {
            schema[name] = value?.DeepClone();
        }

        return schema.ToJsonString(s_written) + "\n";
    }

    private static string Root()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Dapr.sln")))
                return directory.FullName;
        }

        throw new InvalidOperationException($"no Dapr.sln above {AppContext.BaseDirectory}: the tests run from a checkout");
    }
}
