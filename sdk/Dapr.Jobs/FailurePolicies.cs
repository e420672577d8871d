using Dapr.Jobs.Models;
using Dapr.Jobs.Models.Responses;
using Dapr.Protocol.Common.V1;
using Google.Protobuf.WellKnownTypes;
using WirePolicy = Dapr.Protocol.Common.V1.JobFailurePolicy;

namespace Dapr.Jobs;

/// <summary>Failure policies as they stand on the wire.</summary>
internal static class FailurePolicies
{
    public static WirePolicy ToWire(IJobFailurePolicyOptions options) => options switch
    {
        JobFailurePolicyDropOptions => new WirePolicy { Drop = new JobFailurePolicyDrop() },
        JobFailurePolicyConstantOptions constant => new WirePolicy { Constant = Constant(constant) },
        _ => throw new ArgumentException($"{options.GetType()} is not a failure policy the scheduler knows.", nameof(options)),
    };

    public static IFailurePolicyResponse? FromWire(WirePolicy? policy) => policy?.PolicyCase switch
    {
        WirePolicy.PolicyOneofCase.Drop => new ConfiguredDropFailurePolicy(),
        WirePolicy.PolicyOneofCase.Constant => new ConfiguredConstantFailurePolicy(
            policy.Constant.HasMaxRetries,
            policy.Constant.HasMaxRetries ? (int)policy.Constant.MaxRetries : null,
            policy.Constant.Interval?.ToTimeSpan() ?? TimeSpan.Zero),
        _ => null,
    };

    private static JobFailurePolicyConstant Constant(JobFailurePolicyConstantOptions options)
    {
        var constant = new JobFailurePolicyConstant { Interval = Duration.FromTimeSpan(options.Interval) };
        if (options.MaxRetries is { } limit)
            constant.MaxRetries = limit;

        return constant;
    }
}
