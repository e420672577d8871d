using Ordering.Contracts;
using Payments;
using Payments.Api;
using Payments.Contracts;
using Payments.Domain;
using Payments.Provider;
using Payments.Topics;
using ServiceDefaults;
using ServiceDefaults.Outbox;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults("payments").AddUnitOfWork(OrderEvents.Describe, new PublishedEvents(PaymentsEvents.Topic, PaymentsEvents.Types));
builder.Services.AddSingleton(new CreditPolicy(builder.Configuration.GetValue("Credit:Limit", 50_000m)));
builder.Services.AddSingleton<PaymentProvider>();
builder.Services.AddSingleton<OrderPayments>();

var app = builder.Build();
app.MapServiceDefaults();
app.MapPaymentsApi();
app.MapTopics();
app.Run();
