using Inventory;
using Inventory.Api;
using Inventory.Contracts;
using Inventory.Topics;
using Ordering.Contracts;
using ServiceDefaults;
using ServiceDefaults.Outbox;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults("inventory").AddUnitOfWork(OrderEvents.Describe, new PublishedEvents(InventoryEvents.Topic, InventoryEvents.Types));
builder.Services.AddSingleton<Shelves>();
builder.Services.AddSingleton<Reservations>();

var app = builder.Build();
app.MapServiceDefaults();
app.MapStockApi();
app.MapReservationsApi();
app.MapTopics();
app.Run();
