using Xunit.Abstractions;
using Xunit.Sdk;

namespace Conformance;

/// <summary>The tests of this class need a program on this machine: one of the names <c>sidecar server</c> knows. Without it they are skipped, and say why.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class NeedsServerAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}

/// <summary>A fact of a conformance suite, which may run in classes with and without a server.</summary>
[XunitTestCaseDiscoverer("Conformance.ConformanceFactDiscoverer", "Conformance")]
public sealed class ConformanceFactAttribute : FactAttribute;

/// <summary>Makes cases that look for <see cref="NeedsServerAttribute"/> on the class they run in.</summary>
public sealed class ConformanceFactDiscoverer(IMessageSink diagnostics) : FactDiscoverer(diagnostics)
{
    private readonly IMessageSink _diagnostics = diagnostics;

    protected override IXunitTestCase CreateTestCase(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        new ConformanceTestCase(_diagnostics, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod);
}

/// <summary>A theory of a suite that may run in classes with and without a server.</summary>
[XunitTestCaseDiscoverer("Conformance.ConformanceTheoryDiscoverer", "Conformance")]
public sealed class ConformanceTheoryAttribute : TheoryAttribute;

/// <summary>Makes a case for each row, as <see cref="ConformanceFactDiscoverer"/> does.</summary>
public sealed class ConformanceTheoryDiscoverer(IMessageSink diagnostics) : TheoryDiscoverer(diagnostics)
{
    private readonly IMessageSink _diagnostics = diagnostics;

    protected override IEnumerable<IXunitTestCase> CreateTestCasesForDataRow(
        ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo theoryAttribute, object[] dataRow) =>
        [new ConformanceTestCase(_diagnostics, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod, dataRow)];
}
