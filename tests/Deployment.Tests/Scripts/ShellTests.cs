using System.ComponentModel;
using System.Diagnostics;
using Deployment.Tests.Files;

namespace Deployment.Tests.Scripts;

/// <summary>The scripts that deploy are bash without slips.</summary>
public sealed class ShellTests
{
    /// <summary>Scripts of deploy/, which end in .sh or begin as one, and what makes Tye's folder.</summary>
    private static readonly string[] s_scripts =
    [
        .. Checkout.Here.Files("deploy", "").Where(file => file.EndsWith(".sh", StringComparison.Ordinal) || Checkout.Here.Read(file).StartsWith("#!/usr/bin/env bash", StringComparison.Ordinal)),
        "components/flatten",
    ];

    [BashFact]
    public void Every_script_is_bash() => Assert.All(s_scripts, script => Assert.Equal("", Complaint("bash", "-n", script)));

    [ShellcheckFact]
    public void Shellcheck_has_nothing_to_say() => Assert.Equal("", Complaint("shellcheck", ["--external-sources", "--severity=warning", .. s_scripts]));

    /// <summary>What a program says that is not content.</summary>
    private static string Complaint(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = Checkout.Root, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? "" : output + error.Result;
    }

    /// <summary>Without shellcheck it is skipped, saying so; where CI=true it runs, and fails.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class ShellcheckFactAttribute : FactAttribute
    {
        public ShellcheckFactAttribute()
        {
            if (OperatingSystem.IsWindows())
                Skip = BashFactAttribute.Reason;
            else if (Environment.GetEnvironmentVariable("CI") != "true" && !IsInstalled())
                Skip = "shellcheck is not installed; the scripts of deploy/ are checked by `bash -n` alone";
        }

        private static bool IsInstalled()
        {
            try
            {
                return Complaint("shellcheck", "--version").Length == 0;
            }
            catch (Win32Exception)
            {
                return false;
            }
        }
    }
}
