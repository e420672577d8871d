using System.Globalization;
using Reproducible;

if (args is not [var path, var seconds, var name] || !long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var since1970) || !name.Contains(':', StringComparison.Ordinal))
{
    await Console.Error.WriteLineAsync("""
        Reproducible ARCHIVE SECONDS NAME   make an image archive of the .NET SDK, in place, depend on its content alone; print its digest

          ARCHIVE   in OCI's layout (ContainerImageFormat=OCI, ContainerArchiveOutputPath)
          SECONDS   since 1970: the time of all its files, such as the commit's (git log -1 --format=%ct)
          NAME      of the image with its tag, for programs that load archives
        """);
    return 2;
}

try
{
    var moment = DateTimeOffset.FromUnixTimeSeconds(since1970);
    OciArchive archive;
    await using (var file = File.OpenRead(path))
    {
        archive = OciArchive.Read(file);
    }

    var (made, digest) = ReproducibleImage.Make(archive, moment, name);

    // Beside it and then over it: what is there is whole at any time.
    var beside = path + ".new";
    await using (var file = File.Create(beside))
    {
        made.Write(file, moment);
    }

    File.Move(beside, path, overwrite: true);
    Console.WriteLine(digest);
    return 0;
}
catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
{
    await Console.Error.WriteLineAsync($"{path}: {e.Message}");
    return 1;
}
