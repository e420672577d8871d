using Npgsql;
using Sidecar.Components.PostgreSqlState;
using Sidecar.Runtime.Components;
using Sidecar.Runtime.Resources;

namespace Components.Tests.PostgreSql;

public sealed class PostgreSqlOptionsTests
{
    [Theory]
    [InlineData("host=db user=me password=secret port=5433 database=dapr connect_timeout=10 sslmode=disable")]
    [InlineData("host = db user='me' password='secret'  port=5433 dbname=dapr sslmode=disable connect_timeout=10")]
    [InlineData("postgres://me:secret@db:5433/dapr?sslmode=disable&connect_timeout=10")]
    [InlineData("postgresql://me:secret@db:5433/dapr?connect_timeout=10&sslmode=disable")]
    public void Keywords_and_urls_say_the_same(string connectionString)
    {
        var address = Read(("connectionString", connectionString)).Address;
        Assert.Equal(
            ("db", 5433, "me", "secret", "dapr", 10, SslMode.Disable),
            (address.Host, address.Port, address.Username, address.Password, address.Database, address.Timeout, address.SslMode));
    }

    [Fact]
    public void A_quoted_value_may_hold_anything() =>
        Assert.Equal(@"it's a \ secret", Read(("connectionString", @"host=db password='it\'s a \\ secret' user=me")).Address.Password);

    [Fact]
    public void A_url_is_unescaped() => Assert.Equal("a@b:c/d", Read(("connectionString", "postgres://me:a%40b%3Ac%2Fd@db")).Address.Password);

    [Fact]
    public void Keys_of_their_own_stand_for_parts_and_win_over_the_connection_string()
    {
        var whole = Read(("host", "db"), ("port", "5433"), ("user", "me"), ("password", "p"), ("database", "d")).Address;
        Assert.Equal(("db", 5433, "me", "p", "d"), (whole.Host, whole.Port, whole.Username, whole.Password, whole.Database));
        Assert.Equal("other", Read(("connectionString", "host=db dbname=d"), ("database", "other")).Address.Database);
    }

    [Fact]
    public void Settings_of_the_session_and_of_the_pool_reach_the_driver()
    {
        var address = Read(
            ("connectionString", "host=db search_path=shop statement_timeout=5s pool_max_conns=7 pool_min_conns=2"), ("connectionMaxIdleTime", "5m"), ("queryExecMode", "exec")).Address;
        Assert.Equal("-c search_path=shop -c statement_timeout=5s", address.Options);
        Assert.Equal((7, 2, 300, 0), (address.MaxPoolSize, address.MinPoolSize, address.ConnectionIdleLifetime, address.MaxAutoPrepare));
        Assert.Equal(9, Read(("connectionString", "host=db"), ("maxConns", "9")).Address.MaxPoolSize);
    }

    [Fact]
    public void A_root_certificate_is_checked_even_where_only_encryption_is_asked_for() =>
        Assert.Equal(SslMode.VerifyCA, Read(("connectionString", "host=db sslmode=require"), ("sslRootCert", "ca.pem")).Address.SslMode);

    [Theory]
    [InlineData("v1", "state", "dapr_metadata")]
    [InlineData("v2", "state", "dapr_metadata")]
    public void Defaults_are_those_of_Dapr(string version, string table, string metadataTable)
    {
        var options = Read(version, ("connectionString", "host=db"));
        Assert.Equal((table, metadataTable), (options.Table.Name, options.MetadataTableName));
        Assert.Equal((TimeSpan.FromSeconds(20), TimeSpan.FromHours(1)), (TimeSpan.FromSeconds(options.Address.CommandTimeout), options.CleanupInterval));
        Assert.Equal(version == "v1" ? ["ETAG", "TRANSACTIONAL", "QUERY_API", "TTL", "KEYS_LIKE"] : ["ETAG", "TRANSACTIONAL", "TTL", "KEYS_LIKE"], options.Table.Capabilities);
    }

    [Theory]
    [InlineData("connectionString", "", "missing or empty")]
    [InlineData("connectionString", "localhost:5432", "neither keywords")]
    [InlineData("connectionString", "host=a,b", "several hosts")]
    [InlineData("connectionString", "host=db port=x", "port=x")]
    [InlineData("connectionString", "host=db sslmode=maybe", "sslmode=maybe")]
    [InlineData("connectionString", "host=db service=shop", "'service'")]
    [InlineData("connectionString", "host=db password='open", "not closed")]
    [InlineData("connectionString", "host=db target_session_attrs=read-write", "target_session_attrs")]
    [InlineData("useAzureAD", "true", "sign-in")]
    [InlineData("useAWSIAM", "true", "sign-in")]
    [InlineData("timeout", "10ms", "at least one second")]
    [InlineData("maxConns", "many", "no number")]
    [InlineData("queryExecMode", "fast", "query mode 'fast'")]
    [InlineData("tablePrefix", "x;drop", "table name")]
    [InlineData("metadataTableName", "a.b.c", "table name")]
    [InlineData("cleanupInterval", "soon", "no duration")]
    public void What_cannot_be_honoured_is_refused_by_name_file_and_key(string key, string value, string problem)
    {
        var metadata = new Dictionary<string, string> { ["connectionString"] = "host=db", [key] = value };
        var refusal = Assert.Throws<ComponentException>(() => Read("v2", [.. metadata.Select(entry => (entry.Key, entry.Value))]));
        Assert.Contains(problem, refusal.Message, StringComparison.Ordinal);
        Assert.StartsWith("component 'statestore' (state.postgresql/v2) at store.yaml:9", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_version_is_refused()
    {
        var refusal = Assert.Throws<ComponentException>(() => Read("v3", ("connectionString", "host=db")));
        Assert.Contains("there are v1 and v2", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_malformed_address_is_refused_without_its_password()
    {
        var refusal = Assert.Throws<ComponentException>(() => Read(("connectionString", "postgres://me:secret@[half/dapr")));
        Assert.DoesNotContain("secret", refusal.Message, StringComparison.Ordinal);
    }

    private static PostgreSqlStateOptions Read(params (string Key, string Value)[] metadata) => Read("v2", metadata);

    private static PostgreSqlStateOptions Read(string version, params (string Key, string Value)[] metadata) => PostgreSqlStateOptions.Read(new Component
    {
        Name = "statestore",
        Type = "state.postgresql",
        Version = version,
        Metadata = metadata.ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.OrdinalIgnoreCase),
        Location = new SourceLocation("store.yaml", 3),
        MetadataLocations = metadata.ToDictionary(entry => entry.Key, _ => new SourceLocation("store.yaml", 9), StringComparer.OrdinalIgnoreCase),
    });
}
