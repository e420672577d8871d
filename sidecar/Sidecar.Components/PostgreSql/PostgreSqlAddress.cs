using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Npgsql;

namespace Sidecar.Components.PostgreSql;

/// <summary>
/// Dapr's <c>connectionString</c>, as the Go driver pgx takes it (keywords such as <c>host=… user=…</c>, or a <c>postgres://</c> URL), in the form that Npgsql takes.
/// What cannot be honoured is refused, never left out.
/// </summary>
internal static partial class PostgreSqlAddress
{
    private const int MaxConnectSeconds = 1024;

    // Of the driver's own housekeeping: there is nothing to honour.
    private static readonly HashSet<string> s_withoutMeaning =
        ["pool_health_check_period", "pool_max_conn_lifetime_jitter", "description_cache_capacity", "min_read_buffer_size", "fallback_application_name"];

    private static readonly HashSet<string> s_refused =
        ["service", "servicefile", "krbspn", "passfile", "replication", "sslcrl", "sslsni", "sslnegotiation", "sslkeylogfile", "requirepeer", "load_balance_hosts"];

    /// <summary>Reads keywords or a URL.</summary>
    /// <exception cref="FormatException">It is malformed, or names what cannot be honoured; the message holds no value that may be secret.</exception>
    public static Dictionary<string, string> Parse(string text) =>
        text.StartsWith("postgres://", StringComparison.Ordinal) || text.StartsWith("postgresql://", StringComparison.Ordinal) ? ParseUrl(text) : ParseKeywords(text);

    /// <summary>Puts what was read into Npgsql's words.</summary>
    /// <exception cref="FormatException">A keyword or a value cannot be honoured.</exception>
    public static NpgsqlConnectionStringBuilder ToNpgsql(IReadOnlyDictionary<string, string> keywords)
    {
        var builder = new NpgsqlConnectionStringBuilder
        {
            Host = Environment.GetEnvironmentVariable("PGHOST") ?? "localhost",
            Port = int.TryParse(Environment.GetEnvironmentVariable("PGPORT"), NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : NpgsqlConnection.DefaultPort,
        };
        foreach (var (name, value) in keywords)
            Apply(builder, name, value);
        if (keywords.TryGetValue("hostaddr", out var address))
            builder.Host = address;
        // libpq and pgx check the certificate as soon as they are given one to check it by.
        if (builder is { SslMode: SslMode.Require, RootCertificate: not null })
            builder.SslMode = SslMode.VerifyCA;
        return builder;
    }

    private static void Apply(NpgsqlConnectionStringBuilder builder, string name, string value)
    {
        switch (name)
        {
            case "host" or "hostaddr":
                builder.Host = value.Contains(',', StringComparison.Ordinal) ? throw new FormatException("names several hosts; name one") : value;
                break;
            case "port":
                builder.Port = Number(name, value, 1, 65535);
                break;
            case "database" or "dbname":
                builder.Database = value;
                break;
            case "user":
                builder.Username = value;
                break;
            case "password":
                builder.Password = value;
                break;
            case "application_name":
                builder.ApplicationName = value;
                break;
            case "connect_timeout":
                builder.Timeout = Number(name, value, 0, MaxConnectSeconds);
                break;
            case "sslmode":
                builder.SslMode = ReadSslMode(value);
                break;
            case "sslrootcert":
                builder.RootCertificate = value;
                break;
            case "sslcert":
                builder.SslCertificate = value;
                break;
            case "sslkey":
                builder.SslKey = value;
                break;
            case "sslpassword":
                builder.SslPassword = value;
                break;
            case "krbsrvname":
                builder.KerberosServiceName = value;
                break;
            case "options":
                builder.Options = Join(builder.Options, value);
                break;
            case "target_session_attrs" when value is "any":
                break;
            case "client_encoding" when value.Replace("-", "", StringComparison.Ordinal).Equals("utf8", StringComparison.OrdinalIgnoreCase):
                break;
            case "target_session_attrs" or "client_encoding":
                throw new FormatException($"has the keyword {name}={value}, which cannot be honoured here; leave it out");
            case "pool_max_conns":
                builder.MaxPoolSize = Number(name, value, 1, 1024);
                break;
            case "pool_min_conns":
                builder.MinPoolSize = Number(name, value, 0, 1024);
                break;
            case "pool_max_conn_lifetime":
                builder.ConnectionLifetime = Seconds(name, value);
                break;
            case "pool_max_conn_idle_time":
                builder.ConnectionIdleLifetime = Seconds(name, value);
                break;
            case "statement_cache_capacity":
                builder.MaxAutoPrepare = Number(name, value, 0, 4096);
                break;
            case "default_query_exec_mode":
                ApplyExecMode(builder, value);
                break;
            default:
                ApplyOther(builder, name, value);
                break;
        }
    }

    /// <summary>pgx's way to run statements: only its default keeps prepared statements on the server, which some connection poolers cannot stand.</summary>
    /// <exception cref="FormatException">The mode is none of pgx's.</exception>
    public static void ApplyExecMode(NpgsqlConnectionStringBuilder builder, string mode)
    {
        if (mode is not ("cache_statement" or "cache_describe" or "describe_exec" or "exec" or "simple_protocol"))
            throw new FormatException($"names the query mode '{mode}'; there are cache_statement, cache_describe, describe_exec, exec and simple_protocol");
        if (mode != "cache_statement")
            builder.MaxAutoPrepare = 0;
    }

    private static void ApplyOther(NpgsqlConnectionStringBuilder builder, string name, string value)
    {
        if (s_withoutMeaning.Contains(name))
            return;
        if (s_refused.Contains(name) || !SettingForm().IsMatch(name))
            throw new FormatException($"has the keyword '{name}', which cannot be honoured here; leave it out");
        // Anything else is a setting of the server's session, such as search_path or statement_timeout.
        builder.Options = Join(builder.Options, $"-c {name}={value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(" ", "\\ ", StringComparison.Ordinal)}");
    }

    private static string Join(string? former, string more) => string.IsNullOrEmpty(former) ? more : $"{former} {more}";

    private static SslMode ReadSslMode(string value) => value switch
    {
        "disable" => SslMode.Disable,
        "allow" => SslMode.Allow,
        "prefer" => SslMode.Prefer,
        "require" => SslMode.Require,
        "verify-ca" => SslMode.VerifyCA,
        "verify-full" => SslMode.VerifyFull,
        _ => throw new FormatException($"has sslmode={value}; there are disable, allow, prefer, require, verify-ca and verify-full"),
    };

    private static int Number(string name, string value, int least, int most) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new FormatException($"has {name}={value}, which is no number from {least} to {most}");

    private static int Seconds(string name, string value) =>
        Runtime.Resources.Loading.GoDuration.TryParse(value, out var duration) ? (int)Math.Ceiling(duration.TotalSeconds) : throw new FormatException($"has {name}={value}, which is no duration such as 30m");

    private static Dictionary<string, string> ParseUrl(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url))
            throw new FormatException("is no URL of the form postgres://user:password@host:port/database?option=value");
        var keywords = new Dictionary<string, string>(StringComparer.Ordinal);
        if (url.Host.Length > 0)
            keywords["host"] = url.Host.Trim('[', ']');
        if (url.Port > 0)
            keywords["port"] = url.Port.ToString(CultureInfo.InvariantCulture);
        var colon = url.UserInfo.IndexOf(':', StringComparison.Ordinal);
        if (url.UserInfo.Length > 0)
            keywords["user"] = Uri.UnescapeDataString(colon < 0 ? url.UserInfo : url.UserInfo[..colon]);
        if (colon >= 0)
            keywords["password"] = Uri.UnescapeDataString(url.UserInfo[(colon + 1)..]);
        if (url.AbsolutePath.Length > 1)
            keywords["database"] = Uri.UnescapeDataString(url.AbsolutePath[1..]);
        foreach (var parameter in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = parameter.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                throw new FormatException($"has the option '{parameter}' without a value");
            keywords[Uri.UnescapeDataString(parameter[..equals])] = Uri.UnescapeDataString(parameter[(equals + 1)..].Replace('+', ' '));
        }

        return keywords;
    }

    private static Dictionary<string, string> ParseKeywords(string text)
    {
        var keywords = new Dictionary<string, string>(StringComparer.Ordinal);
        var at = 0;
        while (true)
        {
            at = SkipSpace(text, at);
            if (at == text.Length)
                return keywords;
            var equals = text.IndexOf('=', at);
            var name = equals < 0 ? "" : text[at..equals].Trim();
            if (name.Length == 0 || name.Any(char.IsWhiteSpace))
                throw new FormatException("is neither keywords such as 'host=localhost user=postgres database=dapr' nor a URL such as postgres://user@localhost/dapr");
            at = ReadValue(text, SkipSpace(text, equals + 1), name, out var value);
            keywords[name] = value;
        }
    }

    private static int SkipSpace(string text, int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
            at++;
        return at;
    }

    // A value ends at a space unless it is quoted; a backslash takes the next character as it is.
    private static int ReadValue(string text, int at, string name, out string value)
    {
        var read = new StringBuilder();
        var quoted = at < text.Length && text[at] == '\'';
        for (at += quoted ? 1 : 0; at < text.Length; at++)
        {
            if (quoted ? text[at] == '\'' : char.IsWhiteSpace(text[at]))
            {
                value = read.ToString();
                return at + 1;
            }

            if (text[at] == '\\' && at + 1 < text.Length)
                at++;
            read.Append(text[at]);
        }

        value = quoted ? throw new FormatException($"has a quote at '{name}' that is not closed") : read.ToString();
        return at;
    }

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_.]*$")]
    private static partial Regex SettingForm();
}
