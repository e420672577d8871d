using System.ComponentModel;
using Sidecar.Servers;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Conformance;

/// <summary>A test that is skipped when its class needs a program that is not installed.</summary>
public sealed class ConformanceTestCase : XunitTestCase
{
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Obsolete("For xunit, which makes one when it carries a case from process to process.")]
    public ConformanceTestCase()
    {
    }

    public ConformanceTestCase(IMessageSink diagnostics, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod method, object[]? arguments = null)
        : base(diagnostics, display, options, method, arguments)
    {
    }

    protected override string? GetSkipReason(IAttributeInfo factAttribute) =>
        base.GetSkipReason(factAttribute)
        ?? TestMethod.TestClass.Class.GetCustomAttributes(typeof(NeedsServerAttribute))
            .Select(needs => PrivateServers.Missing((string)needs.GetConstructorArguments().First()))
            .FirstOrDefault(missing => missing is not null);
}
