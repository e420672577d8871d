#nullable enable
using System.Reflection;

namespace Dapr.Actors.Builder;

/// <summary>A method of an actor interface, with the types of the objects that carry its arguments and its result.</summary>
internal sealed class ActorMethod
{
    private readonly MethodInvoker invoker;
    private readonly Func<Task, Task<object?>> resultOf;
    private readonly FieldInfo[] requestFields;
    private readonly FieldInfo? responseField;

    public ActorMethod(Type actorInterface, int interfaceId, MethodInfo info)
    {
        Info = info;
        Id = ContractId.Of(info);
        InterfaceId = interfaceId;
        InterfaceName = actorInterface.FullName!;
        var parameters = info.GetParameters();
        HasCancellationToken = parameters.Length > 0 && parameters[^1].ParameterType == typeof(CancellationToken);
        Arguments = HasCancellationToken ? parameters[..^1] : parameters;
        ResultType = info.ReturnType.IsGenericType ? info.ReturnType.GetGenericArguments()[0] : null;
        (RequestType, ResponseType) = BodyTypes.Emit(info, Arguments, ResultType);
        requestFields = [.. Arguments.Select(argument => RequestType!.GetField(argument.Name!)!)];
        responseField = ResponseType?.GetField(BodyTypes.Result);
        invoker = MethodInvoker.Create(info);
        resultOf = ResultReader(ResultType);
    }

    public MethodInfo Info { get; }

    public string Name => Info.Name;

    public int Id { get; }

    public int InterfaceId { get; }

    public string InterfaceName { get; }

    /// <summary>What travels; a cancellation token does not.</summary>
    public ParameterInfo[] Arguments { get; }

    public bool HasCancellationToken { get; }

    public Type? ResultType { get; }

    /// <summary>Emitted type with a field for each argument; null without arguments.</summary>
    public Type? RequestType { get; }

    /// <summary>Emitted type with a field for the result; null without a result.</summary>
    public Type? ResponseType { get; }

    public object CreateRequest(object?[] values)
    {
        var request = Activator.CreateInstance(RequestType!)!;
        for (var i = 0; i < requestFields.Length; i++)
            requestFields[i].SetValue(request, values[i]);

        return request;
    }

    public CancellationToken CancellationTokenOf(object?[] values) => HasCancellationToken ? (CancellationToken)values[^1]! : default;

    public object?[] ReadArguments(object? request, CancellationToken cancellationToken)
    {
        if (request is null && requestFields.Length > 0)
            throw new ArgumentException($"The call of {InterfaceName}.{Name} came without its arguments.");

        object?[] values = [.. requestFields.Select(field => field.GetValue(request))];
        return HasCancellationToken ? [.. values, cancellationToken] : values;
    }

    public object CreateResponse(object? result)
    {
        var response = Activator.CreateInstance(ResponseType!)!;
        responseField!.SetValue(response, result);
        return response;
    }

    public object? ReadResult(object response) => responseField!.GetValue(response);

    /// <summary>Calls it on an actor and waits; null for a method without a result.</summary>
    public Task<object?> InvokeAsync(object actor, object?[] values) => resultOf((Task)invoker.Invoke(actor, values.AsSpan())!);

    private static Func<Task, Task<object?>> ResultReader(Type? resultType) =>
        resultType is null
            ? WithoutResultAsync
            : typeof(ActorMethod).GetMethod(nameof(WithResultAsync), BindingFlags.NonPublic | BindingFlags.Static)!
                .MakeGenericMethod(resultType).CreateDelegate<Func<Task, Task<object?>>>();

    private static async Task<object?> WithResultAsync<T>(Task task) => await (Task<T>)task;

    private static async Task<object?> WithoutResultAsync(Task task)
    {
        await task;
        return null;
    }
}
