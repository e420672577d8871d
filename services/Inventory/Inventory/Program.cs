using Inventory;
using Inventory.Api;
using Inventory.Contracts;
using Inventory.Topics;
using Ordering.Contracts;
using ServiceDefaults;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults("inventory").AddUnitOfWork(InventoryEvents.Topic, InventoryEvents.Types, OrderEvents.Describe);
builder.Services.AddSingleton<Shelves>();
builder.Services.AddSingleton<Reservations>();

var app = builder.Build();
app.MapServiceDefaults();
app.MapStockApi();
app.MapReservationsApi();
app.MapTopics();
app.Run();
