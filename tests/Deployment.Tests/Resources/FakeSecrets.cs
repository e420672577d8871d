using System.Text;
using Deployment.Tests.Files;
using Deployment.Tests.Rendering;
using Sidecar.Runtime.Resources;
using Sidecar.Runtime.Resources.Loading;

namespace Deployment.Tests.Resources;

/// <summary>
/// The secrets of a cluster: those that a rendering brings with it, else the ones that a person makes after k8s/README.md, in the form that they have. A name that is not among them is not
/// found, as in a cluster.
/// </summary>
internal sealed class FakeSecrets : ISecretResolver
{
    private const string Servers = "orders-servers";

    private static readonly Dictionary<string, string> s_servers = new()
    {
        ["postgresql-connection-string"] = "host=postgresql port=5432 user=orders password=word database=orders sslmode=disable",
        ["rabbitmq-connection-string"] = "amqp://orders:word@rabbitmq:5672",
        ["redis-password"] = "word",
        ["servicebus-connection-string"] = "Endpoint=sb://orders.servicebus.windows.net/;SharedAccessKeyName=apps;SharedAccessKey=word",
        ["eventhubs-connection-string"] = "Endpoint=sb://orders.servicebus.windows.net/;SharedAccessKeyName=apps;SharedAccessKey=word",
        ["eventhubs-user"] = "$ConnectionString",
        ["cosmosdb-master-key"] = "word",
    };

    /// <summary>Secrets of Key Vault: each has one key, its own name.</summary>
    private static readonly string[] s_vault = ["eventhubs-connection-string", "development-issuer-key"];

    private readonly Dictionary<string, IReadOnlyDictionary<string, string>> _secrets;

    public FakeSecrets(IEnumerable<KubeObject> objects)
    {
        _secrets = objects.Where(item => item.Kind == "Secret").ToDictionary(
            secret => secret.Name,
            IReadOnlyDictionary<string, string> (secret) => secret.Node.Entries("data").ToDictionary(entry => entry.Key, entry => Encoding.UTF8.GetString(Convert.FromBase64String(entry.Value.Text()!))));
        _secrets.TryAdd(Servers, s_servers);
        foreach (var name in s_vault)
            _secrets.TryAdd(name, new Dictionary<string, string> { [name] = s_servers.GetValueOrDefault(name, "word") });
    }

    public Task InitializeAsync(Component secretStore, CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask<IReadOnlyDictionary<string, string>?> GetAsync(string secretStore, string secretName, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_secrets.GetValueOrDefault(secretName));
}
