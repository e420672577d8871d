using Notifications;
using Notifications.Api;
using Notifications.Topics;
using Ordering.Contracts;
using ServiceDefaults;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults("notifications").AddUnitOfWork(OrderEvents.Describe);
builder.Services.AddSingleton<CustomerLogs>();
builder.Services.AddSingleton<DeadLetters>();

var app = builder.Build();
app.MapServiceDefaults();
app.MapNotificationsApi();
app.MapOrderingTopic();
app.MapDeadLetterTopics();
app.Run();
