using System.Globalization;
using System.Text.Json;
using Gateway.Api;
using Gateway.Orders;
using Ordering.Contracts;
using ServiceDefaults;
using Simulation.Programs;
using Simulation.Seams;

namespace Simulation.Histories;

/// <summary>Does what an order's plan says, and asks again until there is an answer. Remembers what was promised.</summary>
internal sealed class Customer(World world, OrderPlan plan)
{
    private static readonly TimeSpan _betweenAttempts = TimeSpan.FromSeconds(1);

    public OrderPlan Plan { get; } = plan;

    /// <summary>The order was taken.</summary>
    public bool IsSubmitted { get; private set; }

    /// <summary>An approval was accepted.</summary>
    public bool IsApproved { get; private set; }

    /// <summary>A cancellation was accepted.</summary>
    public bool IsCancelled { get; private set; }

    /// <summary>Ids of the returns that were accepted.</summary>
    public HashSet<string> Returned { get; } = [];

    public void Begin()
    {
        world.Timeline.After(Plan.SubmitAt, Submit);
        if (Plan.SubmitAgainAt is { } again)
        {
            world.Timeline.After(again, Submit);
        }

        if (Plan.ApproveAt is { } approve)
        {
            world.Timeline.After(approve, () => Ask(Platform.Ordering, "approves", Post($"/orders/{Plan.Id}/approve", new ApproveOrder("Grace")), 30, answer => IsApproved |= answer.IsSuccess));
        }

        if (Plan.CancelAt is { } cancel)
        {
            world.Timeline.After(cancel, () => Ask(Platform.Ordering, "cancels", Post($"/orders/{Plan.Id}/cancel", new CancelOrder("Ada")), 30, answer => IsCancelled |= answer.IsSuccess));
        }

        foreach (var entry in Plan.Returns)
        {
            world.Timeline.After(entry.At, () => Return(entry, 4));
        }
    }

    private static Request Post<T>(string path, T body, params (string, string)[] headers) => new("POST", path, JsonSerializer.SerializeToUtf8Bytes(body, WireJson.Options), headers);

    private void Submit()
    {
        var body = new
        {
            customerId = Plan.Customer,
            style = Plan.Style,
            paymentMethod = Plan.PaymentMethod,
            shipTo = new { name = "Ada", street = "1 High Street", city = "London", postcode = Plan.Postcode, country = "United Kingdom" },
            lines = Plan.Lines,
        };
        var request = Post(
            "/orders", body, (OrderIds.IdempotencyKeyHeader, Plan.Name), (OrdersApi.ApprovalWithinHeader, Plan.ApprovalWithin.TotalSeconds.ToString(CultureInfo.InvariantCulture)));
        Ask(Platform.Gateway, "submits", request, 60, answer =>
        {
            IsSubmitted |= answer.IsSuccess;
            if (!answer.IsSuccess)
            {
                world.Violate("a good order is taken", $"{Plan.Name} is answered {answer.Status}: {answer.Text}");
            }
            else if (JsonSerializer.Deserialize<OrderView>(answer.Body.Span, WireJson.Options)!.OrderId != Plan.Id)
            {
                world.Violate("one idempotency key, one order", $"{Plan.Name} is another order the second time: {answer.Text}");
            }
        });
    }

    private void Return(ReturnPlan entry, int attempts)
    {
        // Whoever sees that the order has not arrived waits; in the end they ask all the same, and may be refused.
        if (attempts > 0 && !world.StoreOf(Platform.Ordering).Read($"order-{Plan.Id}").Value.Contains("\"state\":\"Completed\"", StringComparison.Ordinal))
        {
            world.Timeline.After(TimeSpan.FromSeconds(8), () => Return(entry, attempts - 1));
            return;
        }

        object body = entry.Line is null ? new { } : new { lines = new[] { entry.Line } };
        Ask(Platform.Gateway, "returns", Post($"/orders/{Plan.Id}/returns", body, (OrderIds.IdempotencyKeyHeader, entry.Key)), 10, answer =>
        {
            if (answer.IsSuccess)
            {
                Returned.Add(OrderIds.ForReturn(entry.Key));
            }
        });
    }

    private void Ask(string app, string what, Request request, int attempts, Action<Answer> answered)
    {
        var moment = world.Chance.At("customer", what, Plan.Id);
        world.Timeline.After(moment.Before, () =>
        {
            if (world.AnyReplica(app, moment.Draw) is not { } replica)
            {
                Again();
                return;
            }

            world.Tell($"the customer {what} {Plan.Id} at {replica}");
            replica.Serve(request, answer =>
            {
                if (answer is null || answer.Status >= 502 || (answer.Status == 404 && attempts > 0))
                {
                    Again();
                    return;
                }

                world.CheckAnswer(replica, request, answer);
                if (!answer.IsSuccess)
                {
                    world.Tell($"the customer hears {answer.Status} when he {what} {Plan.Id}: {answer.Text}");
                }

                answered(answer);
            });
        });

        void Again()
        {
            if (attempts > 0)
            {
                world.Timeline.After(_betweenAttempts, () => Ask(app, what, request, attempts - 1, answered));
            }
        }
    }
}
