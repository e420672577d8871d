using System.Text;
using System.Text.Json;
using Sidecar.Runtime.Bindings;

namespace Sidecar.Components.LocalStorageBinding;

/// <summary>Files under one folder; a name that would lead out of it stays inside.</summary>
internal sealed class LocalStorageOutputBinding(string root) : IOutputBinding
{
    private static readonly Dictionary<string, string> s_nothing = [];

    public IReadOnlyList<string> Operations { get; } = ["create", "get", "list", "delete"];

    public async Task<BindingResponse?> InvokeAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        request.Metadata.TryGetValue("fileName", out var name);
        if (string.IsNullOrEmpty(name) && request.Operation == "create")
            name = Guid.NewGuid().ToString();
        var path = PathOf(name ?? "");
        switch (request.Operation)
        {
            case "create":
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                await File.WriteAllBytesAsync(path, Content(request.Data), cancellationToken);
                return Json(new Created(Path.GetRelativePath(root, path)));
            case "get":
                return File.Exists(path)
                    ? new BindingResponse(await File.ReadAllBytesAsync(path, cancellationToken), s_nothing)
                    : throw new FileNotFoundException($"file not found: {path}");
            case "delete":
                if (!File.Exists(path))
                    throw new FileNotFoundException($"error deleting file {path}: there is none");
                File.Delete(path);
                return null;
            default:
                if (File.Exists(path))
                    throw new IOException($"unable to list files as the file specified is not a directory: {path}");
                if (!Directory.Exists(path))
                    throw new DirectoryNotFoundException($"error getting stats for path {path}: there is no such directory");
                // Go walks nothing into null.
                var files = Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray();
                return Json(files.Length > 0 ? files : null);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>As if the folder were the root of the file system: <c>..</c> leads nowhere above it.</summary>
    private string PathOf(string name)
    {
        var parts = new List<string>();
        foreach (var part in name.Split('/', '\\'))
        {
            if (part == ".." && parts.Count > 0)
                parts.RemoveAt(parts.Count - 1);
            else if (part is not ("" or "." or ".."))
                parts.Add(part);
        }

        var path = root;
        foreach (var part in parts)
        {
            path = Path.Combine(path, part);
            if (new FileInfo(path) is { LinkTarget: not null } link)
                throw new IOException($"{link.FullName} is a link; only what is inside {root} can be reached");
        }

        return path;
    }

    /// <summary>A JSON string is written as its text, and what is Base64 as the bytes it stands for, as in Dapr.</summary>
    private static byte[] Content(ReadOnlyMemory<byte> data)
    {
        var text = Encoding.UTF8.GetString(data.Span);
        var isText = false;
        if (text.StartsWith('"'))
        {
            try
            {
                text = JsonSerializer.Deserialize<string>(text)!;
                isText = true;
            }
            catch (JsonException)
            {
                // No string after all: it is written as it came.
            }
        }

        var bytes = new byte[text.Length];
        if (!text.Contains(' ') && Convert.TryFromBase64String(text, bytes, out var written))
            return bytes[..written];
        return isText ? Encoding.UTF8.GetBytes(text) : data.ToArray();
    }

    private static BindingResponse Json<T>(T value) => new(JsonSerializer.SerializeToUtf8Bytes(value, JsonSerializerOptions.Web), s_nothing);

    private sealed record Created(string FileName);
}
