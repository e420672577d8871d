using System.Text.Json;
using Sidecar.Runtime.Errors;

namespace Sidecar.Runtime.State;

/// <summary>Refusals of the state API, with Dapr's codes and words.</summary>
internal static class StateErrors
{
    public static DaprApiException NotConfigured(string store, string appId) =>
        WithDetails("ERR_STATE_STORE_NOT_CONFIGURED", 500, 9, $"state store {store} is not configured", "DAPR_STATE_NOT_CONFIGURED", appId);

    public static DaprApiException NotFound(string store, string appId) =>
        WithDetails("ERR_STATE_STORE_NOT_FOUND", 400, 3, $"state store {store} is not found", "DAPR_STATE_NOT_FOUND", appId);

    public static DaprApiException IllegalKey(string key, string store) =>
        new("ERR_MALFORMED_REQUEST", 400, 3, $"input key/keyPrefix '{key}' can't contain '||'")
        {
            Reason = "DAPR_STATE_ILLEGAL_KEY",
            ResourceType = "state",
            ResourceName = store,
            FieldViolation = (key, $"input key/keyPrefix '{key}' can't contain '||'"),
        };

    public static DaprApiException TransactionsNotSupported(string store) =>
        new("ERR_STATE_STORE_NOT_SUPPORTED", 500, 12, $"state store {store} doesn't support transactions")
        {
            Reason = "DAPR_STATE_TRANSACTIONS_NOT_SUPPORTED",
            ResourceType = "state",
            ResourceName = store,
            Help = ("https://docs.dapr.io/reference/components-reference/supported-state-stores/", "Check the list of state stores and the features they support"),
        };

    public static DaprApiException QueryNotSupported(string store) =>
        new("ERR_STATE_STORE_NOT_SUPPORTED", 500, 13, "state store does not support querying")
        {
            Reason = "DAPR_STATE_QUERYING_NOT_SUPPORTED",
            ResourceType = "state",
            ResourceName = store,
        };

    public static DaprApiException QueryFailed(string store, Exception e) =>
        new("ERR_STATE_QUERY", 500, 13, $"failed query in state store {store}: {e.Message}", e);

    public static DaprApiException Malformed(JsonException e) =>
        new("ERR_MALFORMED_REQUEST", 400, 3, $"failed deserializing HTTP body: {Describe(e)}", e);

    /// <summary>A save says what is wrong with its body without saying that it is a body.</summary>
    public static DaprApiException MalformedItems(JsonException e) => new("ERR_MALFORMED_REQUEST", 400, 3, Describe(e), e);

    public static DaprApiException KeyRequired() => new("ERR_MALFORMED_REQUEST", 400, 3, "\"key\" is a required field");

    public static DaprApiException UnsupportedOperation(string operation) =>
        new("ERR_NOT_SUPPORTED_STATE_OPERATION", 400, 12, $"operation type {operation} not supported");

    public static DaprApiException GetFailed(string store, string key, Exception e) =>
        new("ERR_STATE_GET", 500, 13, $"fail to get {key} from state store {store}: {e.Message}", e);

    public static DaprApiException BulkGetFailed(string store, Exception e) =>
        new("ERR_STATE_BULK_GET", 500, 13, $"fail to get bulk from state store {store}: {e.Message}", e);

    public static DaprApiException SaveFailed(string store, Exception e) =>
        WithETagStatus("ERR_STATE_SAVE", $"failed saving state in state store {store}: {e.Message}", e);

    public static DaprApiException DeleteFailed(string key, Exception e) =>
        WithETagStatus("ERR_STATE_DELETE", $"failed deleting state with key {key}: {e.Message}", e);

    public static DaprApiException BulkDeleteFailed(string store, Exception e) =>
        WithETagStatus("ERR_STATE_BULK_DELETE", $"failed deleting state in state store {store}: {e.Message}", e);

    public static DaprApiException TransactionFailed(Exception e) =>
        new("ERR_STATE_TRANSACTION", 500, 13, $"error while executing state transaction: {e.Message}", e);

    /// <summary>The reader names types of this program where a value has the wrong shape; its caller knows only the place.</summary>
    private static string Describe(JsonException e) => e.Message.StartsWith("The JSON value could not be converted", StringComparison.Ordinal)
        ? $"the value at {e.Path} has the wrong type (line {e.LineNumber + 1}, byte {e.BytePositionInLine})"
        : e.Message;

    private static DaprApiException WithETagStatus(string code, string message, Exception e) => e switch
    {
        ETagMismatchException => new DaprApiException(code, 409, 10, message, e),
        InvalidETagException => new DaprApiException(code, 400, 3, message, e),
        _ => new DaprApiException(code, 500, 13, message, e),
    };

    private static DaprApiException WithDetails(string code, int http, int grpc, string message, string reason, string appId) =>
        new(code, http, grpc, message)
        {
            Reason = reason,
            Metadata = new Dictionary<string, string> { ["appID"] = appId },
        };
}
