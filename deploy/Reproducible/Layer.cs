using System.Formats.Tar;
using System.IO.Compression;

namespace Reproducible;

/// <summary>A layer of an image: a tar file of what it adds, compressed.</summary>
/// <param name="Compressed">As it is pushed.</param>
/// <param name="Difference">The digest of the tar file itself, by which the image's configuration knows it.</param>
public sealed record Layer(byte[] Compressed, string Difference)
{
    // What a pax header may say that an entry of GNU's format says in its own way.
    private static readonly string[] s_known = ["path", "linkpath", "mtime", "atime", "ctime", "size", "uid", "gid", "uname", "gname"];

    /// <summary>The same files, with all else that a build leaves to chance taken away: their order, their times, and the process id that .NET writes into every pax header.</summary>
    /// <exception cref="InvalidDataException">It has something that would be lost.</exception>
    public static Layer Canonical(byte[] compressed, DateTimeOffset moment)
    {
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, TarEntryFormat.Gnu, leaveOpen: true))
        {
            // A hard link comes behind what it points at.
            foreach (var entry in Entries(compressed).OrderBy(entry => entry.EntryType == TarEntryType.HardLink).ThenBy(entry => entry.Name, StringComparer.Ordinal))
            {
                writer.WriteEntry(At(entry, moment));
            }
        }

        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(tar.GetBuffer().AsSpan(0, (int)tar.Length));
        }

        return new Layer(packed.ToArray(), Digest.Of(tar.GetBuffer().AsSpan(0, (int)tar.Length)));
    }

    private static List<TarEntry> Entries(byte[] compressed)
    {
        using var reader = new TarReader(new GZipStream(new MemoryStream(compressed), CompressionMode.Decompress));
        var entries = new List<TarEntry>();
        while (reader.GetNextEntry(copyData: true) is { } entry)
        {
            if (entry is PaxTarEntry { ExtendedAttributes: var attributes } && attributes.Keys.Except(s_known).FirstOrDefault() is { } lost)
            {
                throw new InvalidDataException($"{entry.Name} has the attribute {lost}, which would be lost");
            }

            entries.Add(entry);
        }

        return entries;
    }

    private static GnuTarEntry At(TarEntry entry, DateTimeOffset moment)
    {
        var copy = new GnuTarEntry(entry.EntryType is TarEntryType.V7RegularFile ? TarEntryType.RegularFile : entry.EntryType, entry.Name)
        {
            Mode = entry.Mode,
            Uid = entry.Uid,
            Gid = entry.Gid,
            ModificationTime = moment,
            AccessTime = default,
            ChangeTime = default,
        };
        if (entry.EntryType is TarEntryType.SymbolicLink or TarEntryType.HardLink)
        {
            copy.LinkName = entry.LinkName;
        }
        else if (entry.DataStream is { } data)
        {
            copy.DataStream = data;
        }

        return copy;
    }
}
