using System.Text.Json;
using Gateway.Books;
using Notifications.Contracts;
using Ordering.Contracts;
using Ordering.Domain;
using ServiceDefaults;
using Simulation.Programs;
using Simulation.Seams;

namespace Simulation.Histories;

/// <summary>What must hold when a history has come to rest.</summary>
internal static class Properties
{
    public static void Check(World world, IReadOnlyList<Customer> customers)
    {
        world.Facts.CheckAllPublished();
        CheckBooks(world, customers.Count(customer => customer.IsSubmitted));
        foreach (var customer in customers.Where(customer => customer.IsSubmitted))
        {
            if (world.Violation is not null)
            {
                return;
            }

            if (Read<Order>(world, Platform.Ordering, $"order-{customer.Plan.Id}") is not { } order)
            {
                world.Violate("an order that was taken is there", $"{customer.Plan.Name} is not");
                return;
            }

            CheckEnd(world, customer, order);
            CheckNotice(world, order);
        }
    }

    /// <summary>No oversell, money conserved, Payments and Shipping agree with the provider and the carrier, nothing in between: what the operator's audit says.</summary>
    private static void CheckBooks(World world, int orders)
    {
        var answer = History.Ask(world, Platform.Gateway, Request.Get("/invariants"));
        if (world.Violation is not null)
        {
            return;
        }

        if (!answer.IsSuccess)
        {
            world.Violate("the audit answers", $"{answer.Status} {answer.Text}");
            return;
        }

        var report = JsonSerializer.Deserialize<AuditReport>(answer.Body.Span, WireJson.Options)!;
        if (report.Stuck > 0)
        {
            world.Violate("every order ends", $"{report.Stuck} orders are still in between");
        }
        else if (!report.Stock)
        {
            world.Violate("stock is conserved and nothing is sold twice", report.Details[0]);
        }
        else if (!report.Money)
        {
            world.Violate("money is conserved", report.Details[0]);
        }
        else if (!report.Shipments)
        {
            world.Violate("the carrier comes for what was sold", report.Details[0]);
        }
        else if (report.Orders != orders)
        {
            world.Violate("one idempotency key, one order", $"{report.Orders} orders are there, {orders} were taken");
        }
    }

    /// <summary>It ended for a reason that was there, and as the customer was told.</summary>
    private static void CheckEnd(World world, Customer customer, Order order)
    {
        var plan = customer.Plan;
        var sold = order.State is OrderState.Completed or OrderState.Refunded;
        if (customer.IsCancelled && order.State is not (OrderState.Cancelled or OrderState.Refunded))
        {
            Wrong("its cancellation was accepted");
        }
        else if (sold && CannotBeSold(plan) is { } reason)
        {
            Wrong(reason);
        }
        else if (order.State == OrderState.Cancelled && !customer.IsCancelled && order.CancelledBy is null)
        {
            Wrong("nobody cancelled it");
        }
        else if (order.State == OrderState.Rejected && !IsReason(order.Failure!.Code, customer, order))
        {
            Wrong($"'{order.Failure.Detail}' was not the case");
        }
        else if (customer.Returned.Except(order.Returns.Where(entry => entry.Completed).Select(entry => entry.ReturnId)).FirstOrDefault() is { } lost)
        {
            Wrong($"return {lost} was accepted and not completed");
        }

        void Wrong(string what) => world.Violate("an order ends as it should", $"{plan.Name} is {order.State}, but {what}");
    }

    private static string? CannotBeSold(OrderPlan plan) => plan switch
    {
        { Customer: "BLOCKED" } => "the customer is blocked",
        { PaymentMethod: PaymentProvider.Switches.Declined } => "the card is declined",
        { PaymentMethod: PaymentProvider.Switches.CaptureFails } => "the capture fails",
        { Postcode: Carrier.Switches.Refused } => "the carrier refuses",
        _ => null,
    };

    private static bool IsReason(string code, Customer customer, Order order) => code switch
    {
        FailureCodes.CreditRefused => customer.Plan.Customer == "BLOCKED",
        FailureCodes.PaymentDeclined => customer.Plan.PaymentMethod == PaymentProvider.Switches.Declined,
        FailureCodes.ShipmentRefused => customer.Plan.Postcode == Carrier.Switches.Refused,
        FailureCodes.CaptureFailed => customer.Plan.PaymentMethod == PaymentProvider.Switches.CaptureFails,
        FailureCodes.ApprovalExpired => order.ApprovalDeadline is not null && !customer.IsApproved,
        FailureCodes.NotEnoughStock => true,
        _ => false,
    };

    /// <summary>The customer was told how it ended.</summary>
    private static void CheckNotice(World world, Order order)
    {
        var told = Read<OrderLog>(world, Platform.Notifications, $"log-{order.Id}")?.Entries ?? [];
        var expected = order.State switch
        {
            OrderState.Rejected => "We could not accept your order",
            OrderState.Cancelled => "Your order is cancelled",
            OrderState.Refunded => "Your order is refunded in full",
            _ => "Your order is paid",
        };
        if (!told.Any(entry => entry.Text.StartsWith(expected, StringComparison.Ordinal)))
        {
            world.Violate("the customer hears how it ended", $"{order.Id} is {order.State}, and the customer never heard '{expected}'");
        }
    }

    private static T? Read<T>(World world, string app, string key)
        where T : class => world.StoreOf(app).Read(key).Value is { Length: > 0 } text ? JsonSerializer.Deserialize<T>(text, WireJson.Options) : null;
}
