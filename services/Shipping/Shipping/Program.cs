using Ordering.Contracts;
using ServiceDefaults;
using ServiceDefaults.Outbox;
using Shipping;
using Shipping.Api;
using Shipping.Carrier;
using Shipping.Contracts;
using Shipping.Topics;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults("shipping").AddUnitOfWork(OrderEvents.Describe, new PublishedEvents(ShippingEvents.Topic, ShippingEvents.Types));
builder.Services.AddSingleton<CarrierClient>();
builder.Services.AddSingleton<Shipments>();

var app = builder.Build();
app.MapServiceDefaults();
app.MapShipmentsApi();
app.MapTopics();
app.Run();
